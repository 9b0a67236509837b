using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging.NetMq;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class NetMqRuntimeTests
{
    [Fact]
    public void TryGetWorker_NotEnoughDescriptorsForARestart_IsOffForAnHourAndThenTriesAgain()
    {
        var free = 0.0;
        var restarts = 0;
        var time = new FakeTimeProvider();
        using var timers = new TimerQueue(time);
        var events = new NetMqEvents(NullLogger.Instance) { OnRestarted = () => restarts++, FreeDescriptors = () => Volatile.Read(ref free) };
        using var runtime = new NetMqRuntime(new ZmtpContext(timers, new NameResolver()), maxSockets: 100, events);
        Assert.True(runtime.TryGetWorker(WorkerRole.Requests, out _, out _));

        runtime.OnIoThreadDied(0, new InvalidOperationException("a server said something"));

        Eventually.True(() => Error(runtime)?.Message.StartsWith("NetMQ is off for 60 minutes", StringComparison.Ordinal) == true);
        Eventually.True(() => timers.Count == 1);
        time.Advance(RestartCap.Window); // still none
        Eventually.True(() => timers.Count == 1);
        Assert.Equal((ZmtpErrorCode.Local, 0), (Error(runtime)!.Code, restarts));

        Volatile.Write(ref free, 1000);
        Eventually.True(() =>
        {
            time.Advance(RestartCap.Window);
            return Error(runtime) is null;
        });
        Eventually.True(() => Volatile.Read(ref restarts) == 1);
    }

    private static ZmtpError? Error(NetMqRuntime runtime) => runtime.TryGetWorker(WorkerRole.Requests, out _, out var error) ? null : error;
}
