using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What one request probe has sent and seen; timestamps are not set before. Not thread-safe; a field that is not read-only.</summary>
internal struct RequestEvidence
{
    /// <summary>When the first message was sent.</summary>
    public Timestamp FirstSent { get; set; }

    /// <summary>When the last message was sent on the connection in use.</summary>
    public Timestamp LastSent { get; set; }

    /// <summary>When the last reply came.</summary>
    public Timestamp LastReply { get; set; }

    /// <summary>When the last reply may have come at the earliest.</summary>
    public Timestamp EarliestReply { get; set; }

    /// <summary>Whether a request is out that has no reply yet.</summary>
    public bool AwaitsReply { get; set; }

    /// <summary>Whether the request is out on a fresh connection, too, and either one may answer.</summary>
    public bool AsksBeside { get; set; }

    /// <summary>Whether something came on the connection in use after the last request.</summary>
    public bool HasHeard { get; set; }

    /// <summary>A message that came before anything was asked, or null.</summary>
    public ZmtpMessage? Early { get; set; }

    /// <summary>How many messages did not meet <c>until</c> of the step that waits.</summary>
    public int PassedOver { get; set; }

    /// <summary>Why the last one of those did not.</summary>
    public string? WhyPassedOver { get; set; }

    /// <summary>Why a fresh connection took the place of the one that the probe began with.</summary>
    public RequestRenewal Renewal { get; set; }

    /// <summary>How a kept connection did at this probe's request, in words; null when it did not.</summary>
    public string? Ended { get; set; }

    /// <summary>A step's message goes out: what came before says nothing of its reply.</summary>
    public void BeginWait()
    {
        AwaitsReply = true;
        HasHeard = false;
        PassedOver = 0;
        WhyPassedOver = null;
    }
}

/// <summary>Why a fresh connection took the place of the one that a request probe began with.</summary>
internal enum RequestRenewal
{
    /// <summary>None did.</summary>
    None,

    /// <summary>The kept connection gave no sign of life.</summary>
    WasMute,

    /// <summary>The peer ended the connection at our PING, which it does not know.</summary>
    WasLostToPing,

    /// <summary>The kept connection ended at the request, before anything came on it: somebody on the way drops those that are idle.</summary>
    WasEnded,
}
