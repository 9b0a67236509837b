using CsCheck;
using Zmtp.Wire;

namespace Zmtp.Tests;

/// <summary>Frames of which only a part is kept: the same, however the bytes come.</summary>
public sealed class CutFrameTests
{
    private static readonly Gen<(bool IsMore, int Length)[]> Frames =
        Gen.Select(Gen.Bool, Gen.OneOf(Gen.Int[0, 20], Gen.Int[200, 300], Gen.Int[4000, 70_000])).Array[1, 12];

    [Fact]
    public void Decode_AnyPieces_GivesEachFrameItsHeadAndItsLength() => Gen.Select(Frames, Gen.Int[0, 5000], Gen.Int[1, 9000].Array[1, 20])
        .Sample((frames, kept, pieces) =>
        {
            var bytes = frames.SelectMany(frame => Encode(frame.IsMore, frame.Length)).ToArray();
            var sink = new Sink(kept);
            var decoder = new FrameDecoder(sink);
            var rest = bytes.AsSpan();
            for (var i = 0; !rest.IsEmpty; i++)
            {
                var length = Math.Min(pieces[i % pieces.Length], rest.Length);
                Assert.Null(decoder.Decode(rest[..length]));
                rest = rest[length..];
            }

            Assert.Equal(frames, sink.Frames);
        });

    [Fact]
    public void Decode_FrameOfTwoGigabytes_IsCountedByteForByteAndOnlyItsHeadKept()
    {
        var sink = new Sink(kept: 10);
        var decoder = new FrameDecoder(sink);
        const int Length = 2_000_000_000;
        var header = new byte[FrameHeader.MaxSize];
        FrameHeader.Write(header, Length, more: false, command: false);
        Assert.Null(decoder.Decode(header));
        var piece = new byte[1 << 20];
        for (var i = 0; i < piece.Length; i++)
        {
            piece[i] = (byte)i;
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var left = Length; left > 0; left -= piece.Length)
        {
            Assert.Empty(sink.Frames);
            Assert.Null(decoder.Decode(piece.AsSpan(0, Math.Min(left, piece.Length))));
        }

        Assert.Equal([(false, Length)], sink.Frames);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    private static byte[] Encode(bool isMore, int length)
    {
        var bytes = new byte[FrameHeader.MaxSize + length];
        var header = FrameHeader.Write(bytes, length, isMore, command: false);
        for (var i = 0; i < length; i++)
        {
            bytes[header + i] = (byte)i;
        }

        return bytes[..(header + length)];
    }

    private sealed class Sink(int kept) : IFrameSink
    {
        public List<(bool IsMore, int Length)> Frames { get; } = [];

        public int MaxBodyLength(bool isCommand) => int.MaxValue;

        public int KeptBodyLength(bool isCommand) => kept;

        public ZmtpError? OnFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body) => OnCutFrame(isMore, body, body.Length);

        public ZmtpError? OnCutFrame(bool isMore, ReadOnlySpan<byte> head, int length)
        {
            Assert.True(head.Length >= Math.Min(kept, length));
            for (var i = 0; i < head.Length; i++)
            {
                Assert.Equal((byte)i, head[i]);
            }

            Frames.Add((isMore, length));
            return null;
        }
    }
}
