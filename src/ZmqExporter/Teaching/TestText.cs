using System.Text;

namespace ZmqExporter.Teaching;

/// <summary>Writes what a value was as a test of <c>expect</c>.</summary>
internal static class TestText
{
    private const int MaxText = 200;

    /// <summary>The test that it is this; null when it is too long to be compared with.</summary>
    /// <param name="kind">What kind of value.</param>
    /// <param name="text">The value.</param>
    /// <param name="isEcho">Whether <c>{token}</c> in it stands for the token.</param>
    public static string? EqualTo(DocumentKind kind, string text, bool isEcho = false) => text.Length > MaxText ? null
        : kind != DocumentKind.Text ? $"equals: {text}"
        : isEcho ? Echo(text)
        : text.Contains('{', StringComparison.Ordinal) || !YamlText.IsExact(text) ? $"hex: {Hex(text)}"
        : $"equals: {YamlText.Scalar(text)}";

    /// <summary>The test that it begins like this.</summary>
    public static string StartsWith(string text) => text.Contains('{', StringComparison.Ordinal) || !YamlText.IsExact(text) ? $"starts_with: {{hex: {Hex(text)}}}" : $"starts_with: {YamlText.Scalar(text)}";

    private static string? Echo(string text) => text.Replace(Column.Token, "", StringComparison.Ordinal).Contains('{', StringComparison.Ordinal) || !YamlText.IsExact(text)
        ? null
        : $"equals: {YamlText.Scalar(text)}";

    // Other words in braces are placeholders, or mistaken for mistyped ones: in hex they are themselves.
    private static string Hex(string text) => $"'{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text))}'"; // digits alone would be a number
}
