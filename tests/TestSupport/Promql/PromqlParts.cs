namespace TestSupport.Promql;

/// <summary>A part of an expression.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">The place behind it.</param>
internal readonly record struct PromqlSpan(int Start, int End)
{
    /// <summary>The part's text.</summary>
    public string In(string expression) => expression[Start..End];
}

/// <summary>An operator with its two operands.</summary>
internal sealed record PromqlBinary(PromqlToken Sign, PromqlSpan Left, PromqlSpan Right);

/// <summary>A list of labels behind by, without, on or ignoring.</summary>
/// <param name="Keyword">Which of them.</param>
/// <param name="Names">The labels.</param>
/// <param name="Inside">What is between the parentheses.</param>
internal sealed record PromqlLabels(PromqlToken Keyword, IReadOnlyList<string> Names, PromqlSpan Inside);

/// <summary>A condition on a label.</summary>
internal sealed record PromqlMatcher(PromqlToken Name, PromqlToken Sign, PromqlToken Value);
