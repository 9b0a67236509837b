using ZmqExporter.Configuration;
using ZmqExporter.Probing;

namespace ZmqExporter.Policy;

/// <summary>The failure policy: state + outcome → state. Pure.</summary>
internal static class FailurePolicy
{
    /// <summary>The state after one more outcome.</summary>
    public static PolicyState Apply(PolicyConfig policy, PolicyState state, ProbeOutcome outcome) =>
        throw new NotSupportedException();
}
