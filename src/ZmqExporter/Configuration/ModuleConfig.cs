namespace ZmqExporter.Configuration;

/// <summary>How to probe, without the where: a module of the file after <c>extends</c> and <c>defaults</c>.</summary>
/// <param name="Name">The <c>module</c> label.</param>
/// <param name="Interval">Time from the start of one probe to the start of the next one.</param>
/// <param name="Timeout">Hard deadline of a whole probe: no reply by then is a miss.</param>
/// <param name="Client">Which client library carries it.</param>
/// <param name="Policy">How results become a state.</param>
/// <param name="Security">Mechanism and credentials.</param>
/// <param name="Prober">What the probe does.</param>
internal sealed record ModuleConfig(
    string Name,
    TimeSpan Interval,
    TimeSpan Timeout,
    MessagingClient Client,
    PolicyConfig Policy,
    SecurityConfig Security,
    ProberConfig Prober)
{
    /// <value>Default of <see cref="MaxConnectionAge"/>.</value>
    public static readonly TimeSpan DefaultMaxConnectionAge = TimeSpan.FromHours(1);

    /// <value>Whether a ZMTP PING may be sent to peers that announce ZMTP 3.1. Default true.</value>
    public bool Ping { get; init; } = true;

    /// <value>A kept connection is renewed, and the name resolved again, after this; zero means never. Default one hour.</value>
    public TimeSpan MaxConnectionAge { get; init; } = DefaultMaxConnectionAge;

    /// <value>Upper bounds of the round-trip histogram in seconds, ascending; the policy's soft deadline is one of them. Default: those of
    /// the standard detail.</value>
    public EquatableArray<double> Buckets { get; init; } =
        RoundTripBuckets.WithLateAfter(RoundTripBuckets.DefaultOf(MetricsDetail.Standard), Policy.LateAfter);
}

/// <summary>The messaging libraries behind <c>client:</c>.</summary>
internal enum MessagingClient
{
    /// <summary>Our own ZMTP client.</summary>
    Zmtp,

    /// <summary>A NetMQ socket with its monitor.</summary>
    NetMq,
}

/// <summary>The names of <see cref="MessagingClient"/>.</summary>
internal static class MessagingClients
{
    /// <summary>The name in the config and in labels, such as <c>netmq</c>.</summary>
    public static string Label(this MessagingClient client) => client switch
    {
        MessagingClient.Zmtp => "zmtp",
        MessagingClient.NetMq => "netmq",
        _ => throw new ArgumentOutOfRangeException(nameof(client)),
    };
}
