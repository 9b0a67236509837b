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
        input.Write(1u, static (frames, id) => frames.Begin(FrameKind.Close, id).Add(0).End());

        input.Begin(stream);
        input.Write(2u, static (frames, id) => frames.Begin(FrameKind.Close, id).Add(0).End());

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
            input.Write(body, static (frames, body) => frames.Begin(FrameKind.Send, 1).Bytes(body).End());
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
            input.Write(body, static (frames, body) => frames.Begin(FrameKind.Send, 1).Bytes(body).End());
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
