using ZmqExporter.Configuration;

namespace ZmqExporter.Policy;

/// <summary>The debounced state of a target. The label is the lower-case name.</summary>
internal enum TargetState
{
    /// <summary>No result yet, or our own fault.</summary>
    Unknown,

    /// <summary>It answers in time.</summary>
    Up,

    /// <summary>It missed, but not often enough to be called down.</summary>
    Suspect,

    /// <summary>It answers, but late.</summary>
    Degraded,

    /// <summary>It missed several times in a row.</summary>
    Down,
}

/// <summary>The label values of <see cref="TargetState"/>.</summary>
internal static class TargetStates
{
    /// <summary>The label value, such as <c>up</c>.</summary>
    public static string Label(this TargetState state) => EnumLabels<TargetState>.All[(int)state];
}
