namespace ZmqExporter.Content;

/// <summary>What a source found in a message. Lives as long as the bytes that it was found in and the buffer that was given.</summary>
internal readonly ref struct FoundValue
{
    private FoundValue(FoundKind kind, ReadOnlySpan<byte> text, string? problem)
    {
        Kind = kind;
        Text = text;
        Problem = problem;
    }

    /// <summary>What it is.</summary>
    public FoundKind Kind { get; }

    /// <summary>A string's or a frame's bytes, the decimal digits of a number, the JSON of anything else; empty when nothing was found.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Why nothing was found, as the end of a sentence that begins with what was looked at: ", which is not zlib"; else null.</summary>
    public string? Problem { get; }

    /// <summary>Whether something was found.</summary>
    public bool Exists => Problem is null;

    /// <summary>Bytes of a frame, or a text.</summary>
    public static FoundValue OfText(ReadOnlySpan<byte> text) => new(FoundKind.Text, text, problem: null);

    /// <summary>A number.</summary>
    /// <param name="digits">As JSON writes it.</param>
    public static FoundValue OfNumber(ReadOnlySpan<byte> digits) => new(FoundKind.Number, digits, problem: null);

    /// <summary>true, false, null, an array or an object.</summary>
    public static FoundValue OfOther(ReadOnlySpan<byte> json) => new(FoundKind.Other, json, problem: null);

    /// <summary>Nothing.</summary>
    /// <param name="problem">See <see cref="Problem"/>.</param>
    /// <param name="kind">Whether it is not there, or could not be looked for.</param>
    public static FoundValue Nothing(string problem, FoundKind kind = FoundKind.Unreadable) => new(kind, [], problem);
}

/// <summary>What a <see cref="FoundValue"/> is.</summary>
internal enum FoundKind
{
    /// <summary>It could not be looked for: what holds it is of another form.</summary>
    Unreadable,

    /// <summary>What would hold it is of the right form, and does not have it.</summary>
    Missing,

    /// <summary>Text, or bytes as they came.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>true, false, null, an array or an object.</summary>
    Other,
}
