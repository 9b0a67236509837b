using System.Diagnostics;
using NetMQ;
using NetMQ.Monitoring;
using NetMQ.Sockets;

namespace ZmqExporter.Benchmarks;

/// <summary>
/// The baseline: probes as one would write them first on NetMQ. Every target has a DEALER and a timer, all on one NetMQPoller; the clock is
/// read when the request is sent and when the poller says that the reply is there. With monitors it also sees connections come and go, as
/// the exporter does.
/// </summary>
internal sealed class PollerPrototype : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly NetMQPoller _poller;
    private readonly List<IDisposable> _things = [];
    private readonly ClientMeter _meter;

    public PollerPrototype(int count, string endpoint, bool withMonitors, ClientMeter meter)
    {
        _meter = meter;
        NetMQConfig.MaxSockets = Math.Max(1024, (count * 4) + 64); // before anything makes a socket, as a poller does
        _poller = [];
        for (var i = 0; i < count; i++)
        {
            Add(i, count, endpoint, withMonitors);
        }

        _poller.RunAsync("probes", true);
    }

    public void Dispose()
    {
        _poller.Dispose();
        _things.ForEach(thing => thing.Dispose());
    }

    private void Add(int number, int count, string endpoint, bool withMonitors)
    {
        var socket = new DealerSocket();
        _things.Add(socket);
        socket.Options.Linger = TimeSpan.Zero;
        var sent = 0L;
        socket.ReceiveReady += (_, e) =>
        {
            NetMQMessage? message = null;
            while (e.Socket.TryReceiveMultipartMessage(ref message))
            {
                if (message!.Last.ConvertToString() == "pong")
                {
                    _meter.Answered(Stopwatch.GetElapsedTime(sent));
                }

                sent = 0;
            }
        };
        _poller.Add(socket);
        if (withMonitors)
        {
            var monitor = new NetMQMonitor(socket, $"inproc://monitor-{number}", SocketEvents.All);
            monitor.AttachToPoller(_poller);
        }

        // The first one is due within the first second, so that the starts are spread over it.
        var timer = new NetMQTimer(TimeSpan.FromMilliseconds(1 + (Interval.TotalMilliseconds * number / count)));
        timer.Elapsed += (_, e) =>
        {
            e.Timer.Interval = (int)Interval.TotalMilliseconds;
            if (sent != 0)
            {
                _meter.Missed();
            }

            sent = Stopwatch.GetTimestamp();
            socket.SendMoreFrameEmpty().SendFrame("ping");
        };
        _poller.Add(timer);
        socket.Connect(endpoint);
    }
}
