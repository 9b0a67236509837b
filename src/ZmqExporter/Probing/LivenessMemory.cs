using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What a subscription's probes remember of their peer from one to the next. Probes never overlap; <see cref="OnConnected"/> may come from any thread.</summary>
internal sealed class LivenessMemory
{
    private volatile int _muteHandshakes; // fresh connections in a row that left a PING without an answer
    private volatile bool _hasAnswered;

    /// <summary>Messages that came before the end of the last probe.</summary>
    public long Seen { get; set; }

    /// <summary>Timestamp of the last fresh connection that was tried because nothing else could tell whether the process lives; 0 for none.</summary>
    public long LastAttempt { get; private set; }

    /// <summary>Why that one failed, or null.</summary>
    public ZmtpError? LastError { get; private set; }

    /// <summary>
    /// Whether the peer completes handshakes and leaves PINGs without an answer, although it announces ZMTP 3.1: then a missing PONG
    /// says nothing. One that has answered before gets a second chance.
    /// </summary>
    public bool IgnoresPing => _muteHandshakes >= (_hasAnswered ? 2 : 1);

    /// <summary>A PONG came.</summary>
    public void OnPong()
    {
        _hasAnswered = true;
        _muteHandshakes = 0;
    }

    /// <summary>None came on a connection that was made a moment ago.</summary>
    public void OnMuteHandshake() => _muteHandshakes++;

    /// <summary>A fresh connection is tried.</summary>
    public void OnAttempt(long timestamp)
    {
        LastAttempt = timestamp;
        LastError = null;
    }

    /// <summary>It failed.</summary>
    public void OnAttemptFailed(ZmtpError error) => LastError = error;

    /// <summary>A connection was made where there was none: somebody else may listen there now.</summary>
    public void OnConnected()
    {
        _hasAnswered = false;
        _muteHandshakes = 0;
    }
}
