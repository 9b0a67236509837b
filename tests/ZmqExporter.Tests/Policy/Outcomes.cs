using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Policy;

/// <summary>Histories of outcomes, spelled with one letter each: o on time, l late, m miss, x local error.</summary>
internal static class Outcomes
{
    public static readonly Gen<ProbeOutcome[]> Histories =
        Gen.Frequency((6, ProbeOutcome.OnTime), (5, ProbeOutcome.Late), (6, ProbeOutcome.Miss), (1, ProbeOutcome.LocalError)).Array[0, 60];

    public static readonly Gen<PolicyConfig> Policies = Gen.Select(
        Gen.Int[1, 5],
        Gen.Int[1, 5],
        Gen.Int[1, 5],
        (degraded, down, up) => new PolicyConfig { DegradedAfter = degraded, DownAfter = down, UpAfter = up });

    public static ProbeOutcome[] Parse(string letters) => [.. letters.Select(Parse)];

    public static ProbeOutcome Parse(char letter) => letter switch
    {
        'o' => ProbeOutcome.OnTime,
        'l' => ProbeOutcome.Late,
        'm' => ProbeOutcome.Miss,
        'x' => ProbeOutcome.LocalError,
        _ => throw new ArgumentOutOfRangeException(nameof(letter)),
    };

    public static PolicyState Apply(PolicyConfig policy, IEnumerable<ProbeOutcome> history) =>
        history.Aggregate(default(PolicyState), (state, outcome) => FailurePolicy.Apply(policy, state, outcome));
}
