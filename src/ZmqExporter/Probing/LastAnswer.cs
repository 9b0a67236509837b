using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// When a target last showed in a probe that it speaks ZMTP. One that says nothing now is then no server of another kind, and the reader of the
/// verdict wants to know since when it says nothing. Probes never overlap.
/// </summary>
internal sealed class LastAnswer(TimeProvider time)
{
    private Timestamp? _at;

    /// <summary>A probe has ended.</summary>
    public void Note(ProbeResult result)
    {
        if (result.Reachable == true)
        {
            _at = Timestamp.Now(time);
        }
    }

    /// <summary>The words of an error, as far as they can be true of this target.</summary>
    public ZmtpError Judge(ZmtpError error)
    {
        if (_at is not { } at || error.Stranger.Length == 0)
        {
            return error;
        }

        var known = error.OfKnownPeer();
        var since = TimeSpan.FromSeconds(Math.Round(at.Elapsed(time).TotalSeconds, 1));
        return known with { Message = $"{known.Message}; it answered {Durations.Words(since)} ago" };
    }
}
