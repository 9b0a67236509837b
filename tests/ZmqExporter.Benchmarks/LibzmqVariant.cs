using System.Diagnostics;

namespace ZmqExporter.Benchmarks;

/// <summary>The yardstick: as many REQ sockets of libzmq, one after the other, each once a second, each waiting for its reply.</summary>
internal sealed class LibzmqVariant : IDisposable
{
    private readonly List<Libzmq> _sockets = [];
    private readonly ClientMeter _meter;
    private volatile bool _stopped;

    public LibzmqVariant(int count, string endpoint, ClientMeter meter)
    {
        _meter = meter;
        for (var i = 0; i < count; i++)
        {
            _sockets.Add(new Libzmq(Libzmq.Req, _sockets.FirstOrDefault()));
            _sockets[^1].Connect(endpoint);
        }

        new Thread(Run) { IsBackground = true, Name = "libzmq" }.Start();
    }

    public void Dispose() => _stopped = true; // the process ends with its sockets

    private void Run()
    {
        var buffer = new byte[64];
        var start = Stopwatch.GetTimestamp();
        using var never = new ManualResetEventSlim();
        for (var round = 0L; !_stopped; round++)
        {
            for (var i = 0; i < _sockets.Count; i++)
            {
                var due = TimeSpan.FromSeconds(round + (i / (double)_sockets.Count)) - Stopwatch.GetElapsedTime(start);
                if (due > TimeSpan.Zero)
                {
                    never.Wait(due);
                }

                var sent = Stopwatch.GetTimestamp();
                _sockets[i].Send("ping"u8);
                _ = _sockets[i].Receive(buffer);
                _meter.Answered(Stopwatch.GetElapsedTime(sent));
            }
        }
    }
}
