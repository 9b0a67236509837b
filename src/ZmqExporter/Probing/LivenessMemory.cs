using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What a subscription's probes remember of their peer from one to the next. Probes never overlap.</summary>
/// <param name="pings">How the peer treats a PING.</param>
internal sealed class LivenessMemory(PingMemory pings)
{
    /// <summary>How the peer treats a PING.</summary>
    public PingMemory Pings => pings;

    /// <summary>Messages that came before the end of the last probe.</summary>
    public long Seen { get; set; }

    /// <summary>Timestamp of the last fresh connection that was tried because nothing else could tell whether the process lives; 0 for none.</summary>
    public Timestamp LastAttempt { get; private set; }

    /// <summary>Why that one failed, or null.</summary>
    public ZmtpError? LastError { get; private set; }

    /// <summary>A fresh connection is tried.</summary>
    public void OnAttempt(Timestamp timestamp)
    {
        LastAttempt = timestamp;
        LastError = null;
    }

    /// <summary>It failed.</summary>
    public void OnAttemptFailed(ZmtpError error) => LastError = error;
}
