using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>The part of a failure policy that one layer sets, or several layers merged.</summary>
internal sealed record PolicyLayer
{
    private const int MaxCount = 1000;
    private const int MaxChanges = 100; // a target keeps the instants of that many changes

    private static readonly TimeSpan LeastWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostWindow = TimeSpan.FromDays(7);

    /// <summary>Sets nothing.</summary>
    public static PolicyLayer Empty { get; } = new();

    /// <value><c>late_after</c></value>
    public Setting<TimeSpan>? LateAfter { get; init; }

    /// <value><c>degraded_after</c></value>
    public Setting<int>? DegradedAfter { get; init; }

    /// <value><c>down_after</c></value>
    public Setting<int>? DownAfter { get; init; }

    /// <value><c>up_after</c></value>
    public Setting<int>? UpAfter { get; init; }

    /// <value><c>suspect_interval</c></value>
    public Setting<TimeSpan>? SuspectInterval { get; init; }

    /// <value><c>down_interval</c></value>
    public Setting<TimeSpan>? DownInterval { get; init; }

    /// <value><c>flapping.changes</c></value>
    public Setting<int>? FlappingChanges { get; init; }

    /// <value><c>flapping.window</c></value>
    public Setting<TimeSpan>? FlappingWindow { get; init; }

    /// <value><c>objective</c></value>
    public Setting<double>? Objective { get; init; }

    /// <summary>Reads a <c>policy</c> section.</summary>
    public static PolicyLayer Read(ConfigValue value, SettingScope scope)
    {
        if (Section.Open(value, ConfigKeys.Policy) is not { } section)
        {
            return Empty;
        }

        var flapping = section.Find("flapping") is { } mapping ? Section.Open(mapping, ConfigKeys.Flapping) : null;
        return new PolicyLayer
        {
            LateAfter = Setting<TimeSpan>.From(section.Find("late_after"), scope, SettingsLayer.ReadDeadline),
            DegradedAfter = Setting<int>.From(section.Find("degraded_after"), scope, ReadCount),
            DownAfter = Setting<int>.From(section.Find("down_after"), scope, ReadCount),
            UpAfter = Setting<int>.From(section.Find("up_after"), scope, ReadCount),
            SuspectInterval = Setting<TimeSpan>.From(section.Find("suspect_interval"), scope, SettingsLayer.ReadInterval),
            DownInterval = Setting<TimeSpan>.From(section.Find("down_interval"), scope, SettingsLayer.ReadInterval),
            FlappingChanges = Setting<int>.From(flapping?.Find("changes"), scope, changes => Numbers.Read(changes, 2, MaxChanges)),
            FlappingWindow = Setting<TimeSpan>.From(flapping?.Find("window"), scope, ReadWindow),
            Objective = Setting<double>.From(section.Find("objective"), scope, Numbers.ReadRatio),
        };
    }

    /// <summary>This layer laid over another one, key by key.</summary>
    public PolicyLayer Over(PolicyLayer below) => new()
    {
        LateAfter = LateAfter ?? below.LateAfter,
        DegradedAfter = DegradedAfter ?? below.DegradedAfter,
        DownAfter = DownAfter ?? below.DownAfter,
        UpAfter = UpAfter ?? below.UpAfter,
        SuspectInterval = SuspectInterval ?? below.SuspectInterval,
        DownInterval = DownInterval ?? below.DownInterval,
        FlappingChanges = FlappingChanges ?? below.FlappingChanges,
        FlappingWindow = FlappingWindow ?? below.FlappingWindow,
        Objective = Objective ?? below.Objective,
    };

    private static TimeSpan? ReadWindow(ConfigValue value) => DurationValue.Read(value, LeastWindow, MostWindow);

    private static int? ReadCount(ConfigValue value) => Numbers.Read(value, 1, MaxCount);
}
