using ZmqExporter.Configuration;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Probing;

/// <summary>What happens to a publisher that numbers its messages.</summary>
internal enum SequenceAct
{
    Deliver,
    Lose,
    Repeat,
    Restart,
    Reconnect,
    RestartWithReconnect,
}

/// <summary>A publisher that knows what it sent and what of it was delivered, and a tracker that only sees the numbers.</summary>
internal sealed class SequenceModel(uint first)
{
    private uint _next = first;
    private uint _last = first;
    private int _sinceRestart = int.MaxValue; // how many were sent since: after few of them a restart cannot be told from a repeat
    private long _lost;
    private long _whileDisconnected;
    private long _resets;
    private long _pending;
    private bool _restarted;
    private bool _reconnected;

    public SequenceTracker Tracker { get; } = new(uint.MaxValue);

    /// <summary>What the tracker has to say.</summary>
    public SequenceCounts Expected => new(_lost, _whileDisconnected, _resets, 0);

    public void Play(SequenceAct act, int amount)
    {
        switch (act)
        {
            case SequenceAct.Deliver:
                for (var n = amount % 50; n >= 0; n--)
                {
                    Deliver();
                }

                break;
            case SequenceAct.Lose when !_restarted:
                _next += (uint)amount;
                _pending += amount;
                break;
            case SequenceAct.Repeat when _pending == 0 && !_restarted && !_reconnected && _sinceRestart > 100 && _next - 2 > 1:
                Tracker.Track("t"u8, _next - 1 - (uint)(amount % 2));
                break;
            case SequenceAct.Restart or SequenceAct.RestartWithReconnect when _sinceRestart > 100 && _last is > 5000 and < uint.MaxValue - (2 << 20):
                if (act == SequenceAct.RestartWithReconnect)
                {
                    Reconnect();
                }

                _next = (uint)(amount % 2);
                _sinceRestart = 0;
                _pending = 0;
                _restarted = true;
                break;
            case SequenceAct.Reconnect:
                Reconnect();
                break;
            default:
                break;
        }
    }

    public void Deliver()
    {
        _last = _next;
        Tracker.Track("t"u8, _next++);
        _sinceRestart = _sinceRestart == int.MaxValue ? _sinceRestart : _sinceRestart + 1;
        _resets += _restarted ? 1 : 0;
        _lost += _restarted ? 0 : _pending;
        _whileDisconnected += !_restarted && _reconnected ? _pending : 0;
        _restarted = _reconnected = false;
        _pending = 0;
    }

    private void Reconnect()
    {
        Tracker.OnReconnected();
        _reconnected = true;
    }
}
