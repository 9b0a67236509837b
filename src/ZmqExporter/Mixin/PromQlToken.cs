namespace ZmqExporter.Mixin;

/// <summary>What a piece of a query is.</summary>
internal enum PromQlKind
{
    /// <summary>Blanks and line ends.</summary>
    Space,

    /// <summary>From <c>#</c> to the end of the line.</summary>
    Comment,

    /// <summary>A name, a function or a keyword.</summary>
    Word,

    /// <summary>A number or a duration.</summary>
    Number,

    /// <summary>A string with its quotes.</summary>
    Text,

    /// <summary>A range with its brackets, such as <c>[5m]</c> or <c>[1h:$__interval]</c>.</summary>
    Range,

    /// <summary>An operator, a parenthesis, a brace or a comma.</summary>
    Sign,

    /// <summary>A variable of Grafana outside of strings and ranges.</summary>
    Variable,

    /// <summary>A verb of Go's printf, such as <c>%q</c> or <c>%[1]s</c>.</summary>
    Verb,
}

/// <summary>A piece of a query: all of them together are its text again.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As it is written.</param>
internal sealed record PromQlToken(PromQlKind Kind, string Text)
{
    /// <summary>What stands behind the last one.</summary>
    public static PromQlToken End { get; } = new(PromQlKind.Space, "");

    /// <summary>Whether it means nothing.</summary>
    public bool IsBlank => Kind is PromQlKind.Space or PromQlKind.Comment;

    /// <summary>Whether it is this sign.</summary>
    public bool Is(string sign) => Kind == PromQlKind.Sign && Text == sign;
}
