namespace ZmqExporter.Configuration;

/// <summary><c>prober: subscribe</c>: stays subscribed and watches for messages that have to come.</summary>
/// <param name="Topics">Prefixes of the first frame, at least one; an empty one takes everything.</param>
/// <param name="MaxSilence">A last message that is older is a miss.</param>
/// <param name="StartupGrace">How long after a connect no message has to have come yet.</param>
/// <param name="Expect">All must hold for each message.</param>
internal sealed record SubscribeProberConfig(
    EquatableArray<EquatableArray<byte>> Topics,
    TimeSpan MaxSilence,
    TimeSpan StartupGrace,
    EquatableArray<ExpectConfig> Expect) : ProberConfig
{
    /// <summary>The window of <see cref="MinRate"/> when none is given: 10 s.</summary>
    public static readonly TimeSpan DefaultRateWindow = TimeSpan.FromSeconds(10);

    /// <value>Fewer messages a second than this, over the window, are a miss; null for any rate.</value>
    public double? MinRate { get; init; }

    /// <value>For messages whose topic begins with a prefix: fewer than so many are a miss.</value>
    public EquatableArray<TopicRateConfig> TopicRates { get; init; }

    /// <value>Over how long rates are measured, at least.</value>
    public TimeSpan RateWindow { get; init; } = DefaultRateWindow;

    /// <value>Where each message carries its number, or null.</value>
    public SequenceConfig? Sequence { get; init; }

    /// <value>Where each message carries the time at which it was sent, or null.</value>
    public SentAtConfig? SentAt { get; init; }

    /// <inheritdoc />
    public override string Name => "subscribe";
}

/// <summary>How often messages have to come whose topic begins with a prefix.</summary>
/// <param name="Topic">The prefix; empty for all messages.</param>
/// <param name="Count">How many.</param>
/// <param name="Per">In which time: a second or a minute.</param>
internal sealed record TopicRateConfig(EquatableArray<byte> Topic, double Count, TimeSpan Per)
{
    /// <summary>Messages a second.</summary>
    public double PerSecond => Count / Per.TotalSeconds;
}
