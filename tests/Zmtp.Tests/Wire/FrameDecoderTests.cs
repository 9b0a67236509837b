using CsCheck;
using Zmtp.Wire;

namespace Zmtp.Tests.Wire;

public sealed class FrameDecoderTests
{
    private static readonly Gen<(bool Command, bool More, byte[] Body)> GenFrame =
        Gen.Select(Gen.Bool, Gen.Bool, Gen.OneOf(Gen.Byte.Array[0, 20], Gen.Byte.Array[250, 260], Gen.Byte.Array[2000, 5000]))
            .Select((command, more, body) => (command, !command && more, body));

    [Fact]
    public void Decode_SplitAtEveryPosition_GivesTheSameFrames()
    {
        byte[] stream = [.. PeerBytes.Frame(1, "ab"u8), .. PeerBytes.Frame(4, "\u0004PING"u8), .. PeerBytes.Frame(0, []), .. PeerBytes.Frame(0, new byte[300])];
        for (var first = 0; first <= stream.Length; first++)
        {
            for (var second = first; second <= stream.Length; second += 7)
            {
                var sink = new Sink();
                var decoder = new FrameDecoder(sink);
                Assert.Null(decoder.Decode(stream.AsSpan(0, first)));
                Assert.Null(decoder.Decode(stream.AsSpan(first..second)));
                Assert.Null(decoder.Decode(stream.AsSpan(second)));
                Assert.Equal(["M:6162", "C:0450494E47", "-:", "-:" + new string('0', 600)], sink.Frames);
            }
        }
    }

    [Fact]
    public void Decode_AnyStreamCutAnyhow_GivesTheSameFrames() =>
        Gen.Select(GenFrame.Array[0, 8], Gen.Bool, Gen.Int[1, 300].Array[0, 60]).Sample((frames, longForm, cuts) =>
        {
            var stream = frames.SelectMany(frame => PeerBytes.Frame(
                (byte)((frame.Command ? PeerBytes.CommandFlag : 0) | (frame.More ? PeerBytes.More : 0) | (longForm ? PeerBytes.Long : 0)), frame.Body)).ToArray();
            var sink = new Sink();
            var decoder = new FrameDecoder(sink);
            var rest = stream.AsSpan();
            foreach (var cut in cuts)
            {
                var take = Math.Min(cut, rest.Length);
                Assert.Null(decoder.Decode(rest[..take]));
                rest = rest[take..];
            }

            Assert.Null(decoder.Decode(rest));
            Assert.Equal(string.Join('\n', frames.Select(frame => Sink.Show(frame.Command, frame.More, frame.Body))), string.Join('\n', sink.Frames));
        });

    [Fact]
    public void Decode_RandomBytes_NeverThrowsAndAllocatesNoMoreThanCame() =>
        Gen.Select(Gen.Byte.Array[0, 400], Gen.Int[1, 40]).Sample((bytes, piece) =>
        {
            var decoder = new FrameDecoder(new NullSink(1 << 20));
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var at = 0; at < bytes.Length; at += piece)
            {
                if (decoder.Decode(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at))) is not null)
                {
                    break;
                }
            }

            // The largest pooled block for 400 bytes is 1,024 (1,040 with its header), grown in steps; the rest is an error's text.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
            decoder.Release();
        });

    [Theory]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue)]
    [InlineData(int.MaxValue)]
    [InlineData((1 << 20) + 1)]
    public void Decode_HostileLength_IsRefusedBeforeAnyAllocation(ulong length)
    {
        var decoder = new FrameDecoder(new NullSink(1 << 20));
        var header = PeerBytes.HeaderOf(0, length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = decoder.Decode(header);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024);
        Assert.Equal(ZmtpErrorCode.TooLarge, error?.Code);
    }

    [Fact]
    public void Decode_LimitOfTheLargestInteger_DoesNotOverflow()
    {
        var decoder = new FrameDecoder(new NullSink(int.MaxValue));
        Assert.Equal(ZmtpErrorCode.TooLarge, decoder.Decode(PeerBytes.HeaderOf(0, int.MaxValue))?.Code);
    }

    [Fact]
    public void Decode_LengthOfTheLongestArray_IsTheLastThatFits()
    {
        var longest = (ulong)Array.MaxLength - 9; // with its header
        Assert.Null(new FrameDecoder(new NullSink(int.MaxValue)).Decode(PeerBytes.HeaderOf(0, longest)));
        Assert.Equal(ZmtpErrorCode.TooLarge, new FrameDecoder(new NullSink(int.MaxValue)).Decode(PeerBytes.HeaderOf(0, longest + 1))?.Code);
    }

    [Theory]
    [InlineData(0, "the peer announced a frame of 1001 bytes, and 1000 is the limit here")]
    [InlineData(PeerBytes.CommandFlag, "the peer announced a command of 1001 bytes, and 1000 is the limit here")]
    public void Decode_TooLong_SaysWhatAndHowMuch(byte flags, string message) =>
        Assert.Equal(message, new FrameDecoder(new NullSink(1000)).Decode(PeerBytes.HeaderOf(flags, 1001))?.Message);

    [Fact]
    public void Decode_WholeFrameInOnePiece_TakesNoBuffer()
    {
        var budget = new BufferBudget { Limit = 0 };
        var sink = new Sink();
        Assert.Null(new FrameDecoder(sink, budget).Decode(PeerBytes.Frame(0, new byte[5000])));
        Assert.Equal(["-:" + new string('0', 10_000)], sink.Frames);
    }

    [Fact]
    public void IsAtEnd_WhileTheSinkHasAFrame_TellsWhetherThePieceEndsWithIt()
    {
        byte[] frame = PeerBytes.Frame(0, "abcd"u8);
        Assert.Equal([true], AtEnds(frame));
        Assert.Equal([false, false, true], AtEnds([.. frame, .. frame, .. frame]));
        Assert.Equal([false], AtEnds([.. frame, .. frame[..3]]));
        Assert.Equal([true], AtEnds(frame[..3], frame[3..])); // put together from two pieces
        Assert.Equal([false, true], AtEnds(frame[..3], [.. frame[3..], .. frame]));
    }

    [Fact]
    public void Decode_ClaimOfAMebibyte_HoldsOnlyWhatCame()
    {
        var decoder = new FrameDecoder(new NullSink(1 << 20));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(decoder.Decode(PeerBytes.HeaderOf(0, 1 << 20)));
        Assert.Null(decoder.Decode(new byte[100]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024);
        decoder.Release();
    }

    [Theory]
    [InlineData(0x05)] // a command with MORE
    [InlineData(0x08)]
    [InlineData(0x80)]
    [InlineData(0xFF)]
    public void Decode_FlagsThatZmtpDoesNotHave_AreRefused(byte flags)
    {
        var error = new FrameDecoder(new Sink()).Decode([flags]);
        Assert.Equal(ZmtpErrorCode.Protocol, error?.Code);
        Assert.Contains(Convert.ToHexString([flags]), error!.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static List<bool> AtEnds(params byte[][] pieces)
    {
        var sink = new EndSink();
        sink.Decoder = new FrameDecoder(sink);
        foreach (var piece in pieces)
        {
            Assert.Null(sink.Decoder.Decode(piece));
        }

        return sink.AtEnds;
    }

    private sealed class EndSink : IFrameSink
    {
        public FrameDecoder? Decoder { get; set; }

        public List<bool> AtEnds { get; } = [];

        public int MaxBodyLength(bool isCommand) => 1000;

        public ZmtpError? OnFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body)
        {
            AtEnds.Add(Decoder!.IsAtEnd);
            return null;
        }
    }

    private sealed class Sink : IFrameSink
    {
        public List<string> Frames { get; } = [];

        public static string Show(bool isCommand, bool isMore, ReadOnlySpan<byte> body) =>
            $"{(isCommand ? "C" : isMore ? "M" : "-")}:{Convert.ToHexString(body)}";

        public int MaxBodyLength(bool isCommand) => 1 << 20;

        public ZmtpError? OnFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body)
        {
            Frames.Add(Show(isCommand, isMore, body));
            return null;
        }
    }

    private sealed class NullSink(int limit) : IFrameSink
    {
        public int MaxBodyLength(bool isCommand) => limit;

        public ZmtpError? OnFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body) => null;
    }
}
