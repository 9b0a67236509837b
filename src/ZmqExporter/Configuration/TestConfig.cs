namespace ZmqExporter.Configuration;

/// <summary>What must hold for a value that a source found; one subtype a kind.</summary>
internal abstract record TestConfig
{
    /// <value>The names of captured values that stand in braces in its text; when there are any, its bytes are that text in UTF-8.</value>
    public EquatableArray<string> Captures { get; init; } = [];

    /// <summary>It is this text, or this number; {token} stands for the probe's token and {sequence} for its number.</summary>
    internal sealed record EqualsText(string Text) : TestConfig;

    /// <summary>It is exactly these bytes.</summary>
    internal sealed record EqualsBytes(EquatableArray<byte> Bytes) : TestConfig;

    /// <summary>It is not this text, nor this number.</summary>
    internal sealed record NotEquals(EquatableArray<byte> Bytes) : TestConfig;

    /// <summary>As UTF-8 it matches this regular expression; {token} stands for the probe's token.</summary>
    internal sealed record Matches(string Pattern) : TestConfig;

    /// <summary>These bytes are somewhere in it.</summary>
    internal sealed record Contains(EquatableArray<byte> Bytes) : TestConfig;

    /// <summary>It begins with these bytes.</summary>
    internal sealed record StartsWith(EquatableArray<byte> Bytes) : TestConfig;

    /// <summary>It is one of these texts or numbers.</summary>
    internal sealed record OneOf(EquatableArray<string> Texts) : TestConfig;

    /// <summary>It is a number on one side of a limit.</summary>
    internal sealed record Bound(BoundKind Kind, double Limit) : TestConfig;

    /// <summary>It is there, or it is not.</summary>
    internal sealed record Exists(bool Wanted) : TestConfig;

    /// <summary>It is a time that is no longer ago than this.</summary>
    internal sealed record MaxAge(TimeSpan Age) : TestConfig;
}

/// <summary>On which side of a limit a number must be.</summary>
internal enum BoundKind
{
    /// <summary>Greater.</summary>
    Above,

    /// <summary>Less.</summary>
    Below,

    /// <summary>Greater or equal.</summary>
    AtLeast,

    /// <summary>Less or equal.</summary>
    AtMost,
}
