using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>The settings that one layer sets, or several layers merged; null where none sets it.</summary>
internal sealed record SettingsLayer
{
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LeastDeadline = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // Less would be a connection for each probe, which connection: per_probe says better.
    private static readonly TimeSpan LeastConnectionAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostConnectionAge = TimeSpan.FromDays(30);

    private static readonly Choice<MessagingClient> Clients = new("client", Enum.GetValues<MessagingClient>(), client => client.Label());

    /// <summary>Sets nothing.</summary>
    public static SettingsLayer Empty { get; } = new();

    /// <value><c>interval</c></value>
    public Setting<TimeSpan>? Interval { get; init; }

    /// <value><c>timeout</c></value>
    public Setting<TimeSpan>? Timeout { get; init; }

    /// <value><c>client</c></value>
    public Setting<MessagingClient>? Client { get; init; }

    /// <value><c>max_connection_age</c></value>
    public Setting<TimeSpan>? MaxConnectionAge { get; init; }

    /// <value><c>policy</c></value>
    public PolicyLayer Policy { get; init; } = PolicyLayer.Empty;

    /// <value><c>buckets</c></value>
    public Setting<ImmutableArray<double>>? Buckets { get; init; }

    /// <summary>Reads the settings of a section.</summary>
    public static SettingsLayer Read(Section section, SettingScope scope) => new()
    {
        Interval = Setting<TimeSpan>.From(section.Find("interval"), scope, ReadInterval),
        Timeout = Setting<TimeSpan>.From(section.Find("timeout"), scope, ReadDeadline),
        Client = Setting<MessagingClient>.From(section.Find("client"), scope, ReadClient),
        MaxConnectionAge = Setting<TimeSpan>.From(section.Find("max_connection_age"), scope, ReadConnectionAge),
        Policy = section.Find("policy") is { } policy ? PolicyLayer.Read(policy, scope) : PolicyLayer.Empty,
        Buckets = Setting<ImmutableArray<double>>.From(section.Find("buckets"), scope, BucketList.Read),
    };

    /// <summary>This layer laid over another one, key by key.</summary>
    public SettingsLayer Over(SettingsLayer below) => new()
    {
        Interval = Interval ?? below.Interval,
        Timeout = Timeout ?? below.Timeout,
        Client = Client ?? below.Client,
        MaxConnectionAge = MaxConnectionAge ?? below.MaxConnectionAge,
        Policy = Policy.Over(below.Policy),
        Buckets = Buckets ?? below.Buckets,
    };

    /// <summary>Reads the time from one probe to the next one.</summary>
    internal static TimeSpan? ReadInterval(ConfigValue value) => DurationValue.Read(value, LeastInterval, Day);

    /// <summary>Reads a deadline.</summary>
    internal static TimeSpan? ReadDeadline(ConfigValue value) => DurationValue.Read(value, LeastDeadline, Day);

    private static TimeSpan? ReadConnectionAge(ConfigValue value) =>
        DurationValue.ReadOrZero(value, LeastConnectionAge, MostConnectionAge, "for never");

    private static MessagingClient? ReadClient(ConfigValue value) => Clients.TryRead(value, out var client) ? client : null;
}
