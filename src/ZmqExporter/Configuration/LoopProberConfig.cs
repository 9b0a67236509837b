namespace ZmqExporter.Configuration;

/// <summary><c>prober: loop</c>: sends at one side of a proxy or broker and receives at the other.</summary>
/// <param name="Path">What stands between the two.</param>
internal sealed record LoopProberConfig(LoopPath Path) : ProberConfig
{
    /// <summary>Default of <see cref="Size"/>.</summary>
    public const int DefaultSize = 64;

    /// <summary>Default of <see cref="Prefix"/>.</summary>
    public const string DefaultPrefix = "zmq_exporter.loop.";

    /// <value>How many messages a probe sends. Default 1.</value>
    public int Messages { get; init; } = 1;

    /// <value>Bytes of each message, without the frames that the path adds. Default 64.</value>
    public int Size { get; init; } = DefaultSize;

    /// <value>How many of them may be lost. Default 0.</value>
    public int MaxLost { get; init; }

    /// <value>What the topic or service begins with that is ours alone; the rest is made up.</value>
    public string Prefix { get; init; } = DefaultPrefix;

    /// <value>Which version of the Majordomo protocol the broker speaks. Only for that path.</value>
    public MajordomoVersion Majordomo { get; init; }

    /// <value>Mechanism and credentials of the side where we receive; null for those of the module.</value>
    public SecurityConfig? ReturnSecurity { get; init; }

    /// <summary>Whether we receive at another endpoint than we send to.</summary>
    public bool HasReturnEndpoint => Path != LoopPath.Majordomo;

    /// <inheritdoc />
    public override string Name => "loop";

    /// <inheritdoc />
    public override bool OnlyOwnClient => true;
}

/// <summary>What a loop goes through.</summary>
internal enum LoopPath
{
    /// <summary>A proxy: we are a PUB at its XSUB and a SUB at its XPUB.</summary>
    PubSub,

    /// <summary>A Majordomo broker: our client asks a service of our own worker.</summary>
    Majordomo,

    /// <summary>A streamer: we are a PUSH at its PULL and a PULL at its PUSH.</summary>
    PushPull,

    /// <summary>A queue: we are a DEALER at its ROUTER and a REP at its DEALER.</summary>
    Queue,
}

/// <summary>Versions of the Majordomo protocol.</summary>
internal enum MajordomoVersion
{
    /// <summary>0.1 (RFC 7).</summary>
    V01,

    /// <summary>0.2 (RFC 18).</summary>
    V02,
}
