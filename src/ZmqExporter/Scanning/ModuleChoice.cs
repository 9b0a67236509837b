using System.Collections.Immutable;

namespace ZmqExporter.Scanning;

/// <summary>How a ZeroMQ socket that was found would be probed, and why. Immutable.</summary>
internal sealed record ModuleChoice
{
    /// <value>The module: a built-in one, or one of <see cref="HandshakeModule"/>.</value>
    public required string Module { get; init; }

    /// <value>Why this one.</value>
    public required string Why { get; init; }

    /// <value>Why it cannot be probed before somebody has decided something; null when it can.</value>
    public string? Obstacle { get; init; }

    /// <value>What else there is to know and to decide.</value>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <value>The mechanism when a module of its own needs credentials: <c>plain</c> or <c>curve</c>; else null.</value>
    public string? Security { get; init; }

    /// <value>What the socket may be, when the peer does not say its type.</value>
    public ImmutableArray<string> Candidates { get; init; } = [];
}
