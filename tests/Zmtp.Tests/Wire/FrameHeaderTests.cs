using Zmtp.Wire;

namespace Zmtp.Tests.Wire;

public sealed class FrameHeaderTests
{
    // RFC 23, "Framing": a length of up to 255 in one byte, a longer one in eight.
    [Theory]
    [InlineData(0, false, false, "0000")]
    [InlineData(1, true, false, "0101")]
    [InlineData(254, false, true, "04FE")]
    [InlineData(255, false, false, "00FF")]
    [InlineData(255, true, false, "01FF")]
    [InlineData(256, false, false, "020000000000000100")]
    [InlineData(256, true, false, "030000000000000100")]
    [InlineData(257, false, true, "060000000000000101")]
    [InlineData(int.MaxValue, false, false, "02000000007FFFFFFF")]
    public void Write_AnyLength_HasTheShortFormUpTo255(int length, bool more, bool command, string expected)
    {
        var target = new byte[FrameHeader.MaxSize];

        var size = FrameHeader.Write(target, length, more, command);

        Assert.Equal(expected, Convert.ToHexString(target.AsSpan(0, size)));
        Assert.Equal(size, FrameHeader.SizeFor(length));
        Assert.True(FrameHeader.TryRead(target.AsSpan(0, size), out var header, out var error));
        Assert.Null(error);
        Assert.Equal(new FrameHeader(more, command, size, (ulong)length), header);
    }

    [Fact]
    public void TryRead_LongFormOfAShortLength_IsRead() // as libzmq never writes it, and others may
    {
        Assert.True(FrameHeader.TryRead(PeerBytes.HeaderOf(0, 5), out var header, out _));
        Assert.Equal(new FrameHeader(IsMore: false, IsCommand: false, 9, 5), header);
    }
}
