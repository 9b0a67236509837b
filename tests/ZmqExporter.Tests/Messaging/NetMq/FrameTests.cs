using CsCheck;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class FrameTests
{
    private static readonly Gen<(FrameKind Kind, uint Connection, byte Byte, int Number, long Time, byte[] Bytes, byte[][] Message)> Frames = Gen.Select(
        Gen.Enum<FrameKind>(), Gen.UInt, Gen.Byte, Gen.Int, Gen.Long, Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 400].Array[1, 6]);

    [Fact]
    public void TryRead_AnyFramesInAnyPieces_AreThoseThatWereWritten() =>
        Gen.Select(Frames.Array[1, 8], Gen.Int[1, 5000]).Sample((frames, piece) =>
        {
            var buffer = new FrameBuffer();
            foreach (var frame in frames)
            {
                Write(buffer, frame);
            }

            var reader = new FrameReader();
            var left = buffer.Written;
            var read = 0;
            while (!left.IsEmpty)
            {
                var room = reader.Room();
                var count = Math.Min(Math.Min(piece, left.Length), room.Length);
                left[..count].CopyTo(room);
                left = left[count..];
                reader.Advance(count);
                while (reader.TryRead(out var kind, out var connection, out var fields))
                {
                    AssertEqual(frames[read++], kind, connection, fields);
                }
            }

            Assert.Equal(frames.Length, read);
        });

    [Fact]
    public void Fields_CutAnywhere_ThrowAndNothingElse() =>
        Gen.Select(Frames, Gen.Double[0, 1]).Sample((frame, where) =>
        {
            var buffer = new FrameBuffer();
            Write(buffer, frame);
            var fields = buffer.Written.ToArray().AsSpan(sizeof(int) + FrameRules.HeadLength);
            var cut = fields[..(int)(where * (fields.Length - 1))].ToArray();

            Assert.Throws<InvalidDataException>(() => AssertEqual(frame, frame.Kind, frame.Connection, new FrameFields(cut)));
        });

    [Fact]
    public void Fields_Garbage_ThrowsOrReadsAndNothingElse() => Gen.Byte.Array[0, 200].Sample(garbage =>
    {
        try
        {
            var fields = new FrameFields(garbage);
            fields.Message();
            fields.Text();
        }
        catch (InvalidDataException)
        {
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(FrameRules.HeadLength - 1)]
    [InlineData(-1)]
    [InlineData(FrameRules.MaxLength + 1)]
    public void TryRead_LengthOutOfBounds_Throws(int length)
    {
        var reader = new FrameReader();
        BitConverter.TryWriteBytes(reader.Room(), length);
        reader.Advance(sizeof(int));

        Assert.Throws<InvalidDataException>(() => reader.TryRead(out _, out _, out _));
    }

    [Fact]
    public void TryRead_LongestFrame_IsTaken()
    {
        var body = new byte[16 << 20];
        body[^1] = 7;
        var buffer = new FrameBuffer();
        buffer.Begin(FrameKind.Publication, 3).Bytes(body).End();
        var reader = new FrameReader();
        var left = buffer.Written;
        var isRead = false;
        while (!left.IsEmpty)
        {
            var room = reader.Room();
            var count = Math.Min(left.Length, room.Length);
            left[..count].CopyTo(room);
            left = left[count..];
            reader.Advance(count);
            if (reader.TryRead(out _, out _, out var fields))
            {
                isRead = fields.Bytes() is [.., 7];
            }
        }

        Assert.True(isRead);
    }

    private static void Write(
        FrameBuffer buffer, (FrameKind Kind, uint Connection, byte Byte, int Number, long Time, byte[] Bytes, byte[][] Message) frame) => buffer
        .Begin(frame.Kind, frame.Connection)
        .Add(frame.Byte).Add(frame.Byte > 9).Add(frame.Number).Add(new Timestamp(frame.Time))
        .Bytes(frame.Bytes).Text(Convert.ToHexString(frame.Bytes)).Message(ZmtpMessage.FromFrames(frame.Message))
        .End();

    private static void AssertEqual(
        (FrameKind Kind, uint Connection, byte Byte, int Number, long Time, byte[] Bytes, byte[][] Message) frame,
        FrameKind kind,
        uint connection,
        FrameFields fields)
    {
        Assert.Equal((frame.Kind, frame.Connection), (kind, connection));
        Assert.Equal((frame.Byte, frame.Byte > 9, frame.Number, frame.Time), (fields.Take<byte>(), fields.Take<bool>(), fields.Take<int>(), fields.Take<Timestamp>().Ticks));
        Assert.Equal(frame.Bytes, fields.Bytes().ToArray());
        Assert.Equal(Convert.ToHexString(frame.Bytes), fields.Text());
        var message = fields.Message();
        Assert.Equal(frame.Message, Enumerable.Range(0, message.FrameCount).Select(i => message[i].ToArray()));
        Assert.True(fields.IsEmpty);
    }
}
