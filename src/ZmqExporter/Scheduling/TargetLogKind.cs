namespace ZmqExporter.Scheduling;

/// <summary>What a result is to the log.</summary>
internal enum TargetLogKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The state changed.</summary>
    Change,

    /// <summary>The state is what it was, and the reason is another one.</summary>
    Still,
}
