using System.IO.Pipes;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.NetMq.Framing;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class WorkerInputTests
{
    [Fact]
    public void Write_BeforeThePipeIsThere_GoesOutInOrderOnceItIs()
    {
        using var stream = new MemoryStream();
        using var input = new WorkerInput(() => Assert.Fail("it reads"));
        input.Write(static frames => frames.Begin(FrameKind.Close, 1).Add(0));

        input.Begin(stream);
        input.Write(static frames => frames.Begin(FrameKind.Close, 2).Add(0));

        Assert.Equal([(FrameKind.Close, 1u), (FrameKind.Close, 2u)], Read(stream.ToArray()));
    }

    [Fact]
    public void Write_WorkerReadsNothing_IsNoticedBeforeItFillsTheMemory()
    {
        using var server = new AnonymousPipeServerStream();
        var stuck = 0;
        using var input = new WorkerInput(() => stuck++);
        input.Begin(server);
        var body = new byte[8 << 20];
        for (var i = 0; i < 20; i++)
        {
            input.Write(frames => frames.Begin(FrameKind.Send, 1).Bytes(body));
        }

        Assert.Equal(1, stuck);
    }

    [Fact]
    public void Write_WorkerIsGone_KeepsNothingAndThrowsNothing()
    {
        var server = new AnonymousPipeServerStream();
        using var input = new WorkerInput(() => Assert.Fail("it is gone and not stuck"));
        server.Dispose();
        input.Begin(server);
        var body = new byte[8 << 20];
        for (var i = 0; i < 20; i++)
        {
            input.Write(frames => frames.Begin(FrameKind.Send, 1).Bytes(body));
        }
    }

    private static List<(FrameKind Kind, uint Connection)> Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new FrameReader();
        bytes.CopyTo(reader.Room());
        reader.Advance(bytes.Length);
        var read = new List<(FrameKind, uint)>();
        while (reader.TryRead(out var kind, out var connection, out _))
        {
            read.Add((kind, connection));
        }

        return read;
    }
}
