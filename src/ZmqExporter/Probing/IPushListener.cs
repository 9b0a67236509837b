using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Whoever binds the sockets that heartbeats are pushed to. Thread-safe.</summary>
internal interface IPushListener
{
    /// <summary>Why it cannot take any now, for people; null when it can.</summary>
    string? Problem { get; }

    /// <summary>Since when it could, without a pause.</summary>
    Timestamp AvailableSince { get; }

    /// <summary>When it last kept somebody away, for want of room, files or memory; not set when nobody was.</summary>
    Timestamp KeptAwayAt { get; }

    /// <summary>Sees to it that everything that has come by now was read and delivered. Never fails.</summary>
    Task ReadAllAsync();
}
