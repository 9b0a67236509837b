using Zmtp.Tests.Support;
using Zmtp.Wire;

namespace Zmtp.Tests.Wire;

public sealed class FrameWriterTests
{
    // Up to 600 bytes: a header of either form, and rented buffers that are filled to the last byte.
    private static readonly int[] Lengths = [.. Enumerable.Range(0, 600), 65_535, 65_536, 200_000];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Send_OneFrameOfAnyLength_IsOneCallWithItsFrames(bool delimited)
    {
        foreach (var length in Lengths)
        {
            var body = Body(length);
            var output = new Calls();

            FrameWriter.Send(output, ZmtpMessage.FromFrames(body), delimited);

            Assert.Equal([.. delimited ? PeerBytes.Frame(PeerBytes.More, []) : [], .. PeerBytes.Frame(0, body)], Assert.Single(output.Sent));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Send_SeveralFrames_AllButTheLastHaveMore(bool delimited)
    {
        var output = new Calls();

        FrameWriter.Send(output, ZmtpMessage.FromFrames(Body(3), [], Body(300), Body(255)), delimited);

        byte[] expected =
        [
            .. delimited ? PeerBytes.Frame(PeerBytes.More, []) : [],
            .. PeerBytes.Frame(PeerBytes.More, Body(3)), .. PeerBytes.Frame(PeerBytes.More, []), .. PeerBytes.Frame(PeerBytes.More, Body(300)), .. PeerBytes.Frame(0, Body(255)),
        ];
        Assert.Equal(expected, Assert.Single(output.Sent));
    }

    [Fact]
    public void SendCommand_AnyLength_IsOneCallWithItsFrame()
    {
        foreach (var length in Lengths)
        {
            var output = new Calls();

            FrameWriter.SendCommand(output, "HELLO"u8, Body(length));

            Assert.Equal(PeerBytes.Command("HELLO", Body(length)), Assert.Single(output.Sent));
        }
    }

    [Fact]
    public void Send_Message_GivesItsBufferBack()
    {
        var message = ZmtpMessage.FromFrames(Body(10_000));
        Assert.True(SharedPool.IsUsed(10_000, next =>
        {
            var output = new Calls(next);
            FrameWriter.Send(output, message, delimited: false);
            return output.HasSeenExpected;
        }));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(10_000)]
    public void SendCommand_Credentials_LeaveNothingInTheBufferThatIsGivenBack(int length)
    {
        var isClear = false;
        Assert.True(SharedPool.IsUsed(length, next =>
        {
            var output = new Calls(next);
            FrameWriter.SendCommand(output, "HELLO"u8, Body(length));
            isClear = next.AsSpan().IndexOfAnyExcept((byte)0) < 0;
            return output.HasSeenExpected;
        }));
        Assert.True(isClear);
    }

    private static byte[] Body(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i + 1))];

    private sealed class Calls(byte[]? expected = null) : IByteOutput
    {
        public List<byte[]> Sent { get; } = [];

        public bool HasSeenExpected { get; private set; }

        public void Send(ReadOnlySpan<byte> bytes)
        {
            Sent.Add(bytes.ToArray());
            HasSeenExpected = bytes.Overlaps(expected);
        }
    }
}
