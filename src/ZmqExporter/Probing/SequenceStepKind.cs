namespace ZmqExporter.Probing;

/// <summary>What a message is to the ones before it.</summary>
internal enum SequenceStepKind
{
    /// <summary>It is newer than all of them.</summary>
    Next,

    /// <summary>It came before, or it is one that was counted as lost and came late.</summary>
    Repeat,

    /// <summary>The publisher began to count again.</summary>
    Reset,
}
