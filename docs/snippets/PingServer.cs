using NetMQ;
using NetMQ.Sockets;

namespace Example;

/// <summary>A server that answers a ping on a second socket, from the very poller that does its work: when that hangs, so does
/// the answer. Run: <c>PingServer.Run("tcp://*:5555", "tcp://*:5556", CancellationToken.None)</c>.</summary>
internal static class PingServer
{
    public static void Run(string workEndpoint, string healthEndpoint, CancellationToken stopping)
    {
        string? trouble = null;
        using var work = new ResponseSocket();
        using var health = new ResponseSocket();
        work.Bind(workEndpoint);
        health.Bind(healthEndpoint);
        work.ReceiveReady += (_, _) =>
        {
            var request = work.ReceiveMultipartStrings()[0];
            try
            {
                work.SendFrame(DoWork(request));
                trouble = null;
            }
            catch (InvalidOperationException e)
            {
                trouble = e.Message;
                work.SendFrame($"error: {e.Message}");
            }
        };
        health.ReceiveReady += (_, _) =>
        {
            var isPing = health.ReceiveMultipartStrings() is ["ping"];
            health.SendFrame(trouble is not null ? $"not ready: {trouble}" : isPing ? "pong" : "unknown");
        };
        using var poller = new NetMQPoller { work, health };
        using var registration = stopping.Register(poller.StopAsync);
        poller.Run();
    }

    private static string DoWork(string job) => job == "fail" // stands for whatever can go wrong in your work
        ? throw new InvalidOperationException("the database is away")
        : job.ToUpperInvariant();
}
