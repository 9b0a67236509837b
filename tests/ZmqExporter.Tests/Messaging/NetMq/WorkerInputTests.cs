using System.IO.Pipes;
using System.Net.Sockets;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.NetMq.Framing;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class WorkerInputTests
{
    [Fact]
    public void Write_BeforeThePipeIsThere_GoesOutInOrderOnceItIs()
    {
        using var server = new AnonymousPipeServerStream();
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        using var input = new WorkerInput(() => Assert.Fail("it reads"));
        input.Write(1u, static (frames, id) => frames.Begin(FrameKind.Close, id).Add(0));

        input.Begin(server);
        input.Write(2u, static (frames, id) => frames.Begin(FrameKind.Close, id).Add(0));
        input.Dispose();

        using var written = new MemoryStream();
        client.CopyTo(written);
        Assert.Equal([(FrameKind.Close, 1u), (FrameKind.Close, 2u)], Read(written.ToArray()));
    }

    [Fact]
    public void Write_PipeIsThere_IsOutWhenItReturns()
    {
        using var server = new AnonymousPipeServerStream();
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        using var input = new WorkerInput(() => Assert.Fail("it reads"));
        input.Begin(server);

        input.Write(1u, static (frames, id) => frames.Begin(FrameKind.Close, id).Add(0));

        using var pipe = new Socket(new SafeSocketHandle(client.SafePipeHandle.DangerousGetHandle(), ownsHandle: false)) { Blocking = false };
        var bytes = new byte[100];
        Assert.Equal([(FrameKind.Close, 1u)], Read(bytes.AsSpan(0, pipe.Receive(bytes)))); // no other thread has to run for it
    }

    [Fact]
    public void Write_MoreThanThePipeHolds_GoesOutAsTheWorkerReads()
    {
        using var server = new AnonymousPipeServerStream();
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        using var input = new WorkerInput(() => Assert.Fail("it reads"));
        input.Begin(server);
        var body = new byte[1 << 20];
        body[^1] = 1;

        input.Write(body, static (frames, body) => frames.Begin(FrameKind.Send, 1).Bytes(body));

        var read = new byte[sizeof(int) + FrameRules.HeadLength + sizeof(int) + body.Length];
        client.ReadExactly(read);
        Assert.Equal(body, read[^body.Length..]);
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
            input.Write(body, static (frames, body) => frames.Begin(FrameKind.Send, 1).Bytes(body));
        }

        Assert.Equal(1, stuck);
    }

    [Fact]
    public void Write_WorkerIsGone_KeepsNothingAndThrowsNothing()
    {
        using var server = new AnonymousPipeServerStream();
        new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle).Dispose();
        using var input = new WorkerInput(() => Assert.Fail("it is gone and not stuck"));
        input.Begin(server);
        var body = new byte[8 << 20];
        for (var i = 0; i < 20; i++)
        {
            input.Write(body, static (frames, body) => frames.Begin(FrameKind.Send, 1).Bytes(body));
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
