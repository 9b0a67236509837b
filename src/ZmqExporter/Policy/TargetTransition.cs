namespace ZmqExporter.Policy;

/// <summary>What a result did to the state.</summary>
/// <param name="Before">The state before it.</param>
/// <param name="After">The state after it.</param>
internal readonly record struct TargetTransition(TargetState Before, TargetState After)
{
    /// <summary>Whether the state is another one.</summary>
    public bool IsChange => After != Before;
}
