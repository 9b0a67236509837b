using System.Collections.Immutable;
using Zmtp.Endpoints;

namespace ZmqExporter.Scanning;

/// <summary>What is to be looked at.</summary>
/// <param name="Endpoint">Where it listens.</param>
/// <param name="Owners">Who listens there, when it is a socket of this host and the processes may be looked into.</param>
internal sealed record Candidate(ZmtpEndpoint Endpoint, ImmutableArray<ListenerProcess> Owners)
{
    /// <value>Why it is not looked at, or null.</value>
    public string? Skip { get; init; }

    /// <value>Whether it is one of many that a range names, so that nobody wants to hear that nothing is there.</value>
    public bool IsOfRange { get; init; }
}
