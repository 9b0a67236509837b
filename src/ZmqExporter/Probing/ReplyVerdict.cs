namespace ZmqExporter.Probing;

/// <summary>What a message is to the probe that waits.</summary>
internal enum ReplyVerdict
{
    /// <summary>Every condition holds.</summary>
    Accepted,

    /// <summary>Some condition does not hold.</summary>
    Refused,

    /// <summary>Some condition does not hold, and the message carries the token of the probe that waits: it is the answer to it, beyond doubt.</summary>
    RefusedByName,

    /// <summary>It answers another probe.</summary>
    Stale,
}
