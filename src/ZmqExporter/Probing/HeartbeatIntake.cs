using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Gathers the frames of a heartbeat feed and passes on whole beats, of the service that is meant. Not thread-safe.</summary>
internal sealed class HeartbeatIntake(HeartbeatConfig config)
{
    private const int MaxFrames = 64; // more say no more about what is wrong
    private const int MaxReports = 64;

    private readonly byte[] _service = Encoding.UTF8.GetBytes(config.Service);
    private readonly FrameBlock _block = new();
    private readonly List<HeartbeatReport> _reports = [];
    private bool _isTooLarge;

    /// <summary>The time until the next beat, as the last one said that could be read; null before it.</summary>
    public TimeSpan? Interval { get; private set; }

    /// <summary>A frame has come.</summary>
    /// <param name="number">Which, from 0.</param>
    /// <param name="head">As much of it as is at hand.</param>
    /// <param name="length">Of all of it.</param>
    /// <param name="isLast">Whether it ends the message.</param>
    /// <returns>The message that it ends; null for one of another service or protocol, whose topic begins alike.</returns>
    public ZmtpMessage? Add(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        if (number == 0)
        {
            Clear();
        }

        // Nothing of a heartbeat may be longer than its details, and what is behind them is only counted.
        var counts = number <= HeartbeatProtocol.BeatDetails;
        _isTooLarge |= counts && (head.Length < length || _block.Length + length > 2 * HeartbeatProtocol.MaxDetails);
        if (number < MaxFrames && !_isTooLarge)
        {
            _block.Add(counts ? head : []);
        }

        return isLast && !_isTooLarge ? End() : null;
    }

    /// <summary>What was said since the last call.</summary>
    public IReadOnlyCollection<HeartbeatReport> Take()
    {
        if (_reports.Count == 0)
        {
            return [];
        }

        HeartbeatReport[] reports = [.. _reports];
        _reports.Clear();
        return reports;
    }

    /// <summary>Forgets what has come of a message.</summary>
    public void Clear()
    {
        _block.Clear();
        _isTooLarge = false;
    }

    private ZmtpMessage? End()
    {
        var message = _block.ToMessage();
        if (!message[0].SequenceEqual(HeartbeatProtocol.Id)
            || (_service.Length > 0 && (message.FrameCount < 2 || !message[1].SequenceEqual(_service))))
        {
            return null;
        }

        if (HeartbeatBeat.Read(message, out var beat) is null)
        {
            Interval = beat!.Interval;
            if (_reports.Count == 0 || _reports.Count < MaxReports || IsSame(_reports[^1], beat.Report))
            {
                if (_reports.Count > 0 && IsSame(_reports[^1], beat.Report))
                {
                    _reports.RemoveAt(_reports.Count - 1);
                }

                _reports.Add(beat.Report);
            }
        }

        return message;
    }

    private static bool IsSame(HeartbeatReport one, HeartbeatReport other) => one.Instance == other.Instance && one.Service == other.Service;
}
