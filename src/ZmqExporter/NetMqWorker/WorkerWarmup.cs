using System.Globalization;
using NetMQ;
using NetMQ.Sockets;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.NetMqWorker;

/// <summary>Asks a server on loopback before the first real request: .NET compiles code when it first runs, and would be taken for a slow server.</summary>
internal static class WorkerWarmup
{
    private const int Rounds = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Does it. Where that does not work, the worker just starts cold.</summary>
    public static void Run()
    {
        try
        {
            var keys = new NetMQCertificate();
            using var server = new RouterSocket();
            server.Options.Linger = TimeSpan.Zero;
            server.Options.CurveServer = true;
            server.Options.CurveCertificate = keys;
            var port = server.BindRandomPort("tcp://127.0.0.1");
            using var client = Connect(string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}"), keys);
            var isAnswered = true;
            for (var i = 0; i < Rounds && isAnswered; i++)
            {
                client.Do(FrameKind.Send, Fields(frames => frames.Add(0).Add(true).Message(ZmtpMessage.FromText("ping"))));
                NetMQMessage? request = null;
                isAnswered = server.TryReceiveMultipartMessage(Limit, ref request) && server.TrySendMultipartMessage(request!)
                    && SpinWait.SpinUntil(() => HasReply(client), Limit);
            }
        }
        catch (Exception exception) when (exception is NetMQException or System.Net.Sockets.SocketException)
        {
            // No loopback.
        }
    }

    private static bool HasReply(WorkerSocket client)
    {
        client.Look();
        return !client.Awaits;
    }

    private static WorkerSocket Connect(string address, NetMQCertificate keys) => new(0, Fields(frames => frames
        .Add(0).Add(0).Add(SocketType.Req).Text(address).Add(1 << 20).Add(0).Bytes([])
        .Add(true).Text(keys.SecretKeyZ85!).Text(keys.PublicKeyZ85).Bytes(keys.PublicKey)
        .Add(0)), new WorkerOutput(Stream.Null));

    private static FrameFields Fields(Func<FrameBuffer, FrameBuffer> write)
    {
        var frames = new FrameBuffer();
        write(frames.Begin(FrameKind.Hello, 0)).End();
        return new FrameFields(frames.Written[(sizeof(int) + FrameRules.HeadLength)..]);
    }
}
