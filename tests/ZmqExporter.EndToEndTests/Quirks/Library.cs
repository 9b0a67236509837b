namespace ZmqExporter.EndToEndTests.Quirks;

/// <summary>A ZMTP library as a probe meets it: what it announces, who goes first, and what it makes of a command.</summary>
/// <param name="Name">Which one.</param>
internal sealed record Library(string Name)
{
    /// <summary>One of each behaviour.</summary>
    public static readonly Library[] All =
    [
        new("libzmq 4.3"),
        new("libzmq 4.2") { Minor = 0, Commands = CommandHandling.AnswersWithoutContext },
        new("libzmq 4.1 and JeroMQ 0.4") { Minor = 0, Commands = CommandHandling.GivesToApplication },
        new("go-zeromq") { Minor = 0, Commands = CommandHandling.AnswersAndGivesToApplication },
        new("zmq.rs") { Minor = 0, Commands = CommandHandling.Closes },
        new("JeroMQ 0.5") { Pings = true },
        new("one that takes subscriptions as commands only") { IgnoresSubscribeMessage = true },
        new("chumak") { WaitsForReady = true, IgnoresSubscribeMessage = true, Commands = CommandHandling.Closes },
        new("one that ignores PING") { Commands = CommandHandling.Ignores },
    ];

    /// <summary>The minor version that it announces; the major one is 3.</summary>
    public byte Minor { get; init; } = 1;

    /// <summary>Whether it sends nothing of the handshake before its client has.</summary>
    public bool WaitsForReady { get; init; }

    /// <summary>Whether a subscription has to be the SUBSCRIBE command.</summary>
    public bool IgnoresSubscribeMessage { get; init; }

    /// <summary>Whether it sends PINGs of its own as soon as it can, one without a TTL and one whose context is too long, and wants its PONGs.</summary>
    public bool Pings { get; init; }

    /// <summary>What it makes of a PING; those of ZMTP 3.0 do it with any command.</summary>
    public CommandHandling Commands { get; init; }

    /// <summary>Whether it announces the command SUBSCRIBE.</summary>
    public bool KnowsSubscribe => Minor >= 1;
}

/// <summary>What a library makes of a command.</summary>
internal enum CommandHandling
{
    /// <summary>It answers a PING with its context.</summary>
    Answers,

    /// <summary>It answers a PING, but not with its context.</summary>
    AnswersWithoutContext,

    /// <summary>Its application gets it as a message.</summary>
    GivesToApplication,

    /// <summary>It answers a PING without its context, and its application gets it, too.</summary>
    AnswersAndGivesToApplication,

    /// <summary>It closes the connection.</summary>
    Closes,

    /// <summary>It does nothing.</summary>
    Ignores,
}
