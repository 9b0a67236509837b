using Zmtp.Looking;

namespace ZmqExporter.Scanning;

/// <summary>What was seen of an address.</summary>
/// <param name="Candidate">The address.</param>
/// <param name="Look">What the look has seen; null when none was taken.</param>
internal sealed record Sighting(Candidate Candidate, LookResult? Look)
{
    /// <summary>What it is.</summary>
    public Identity Identity { get; } = Identity.Of(Candidate, Look);

    /// <summary>Whether it is worth a line: of a range, only what is there.</summary>
    public bool IsListed => !Candidate.IsOfRange || Identity.Kind is not (SightKind.Refused or SightKind.Unreachable or SightKind.NoAnswer);
}
