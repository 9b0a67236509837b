using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ZmqExporter.Configuration.Reading;

/// <summary>What a scalar is in JSON, by the core schema of YAML 1.2 (section 10.3.2).</summary>
/// <param name="Kind">Its type; Undefined for infinity and NaN, which JSON has not.</param>
/// <param name="Text">Its JSON spelling; for a string, the string itself.</param>
internal readonly partial record struct JsonScalar(JsonValueKind Kind, string Text)
{
    // BigInteger's parser takes quadratic time: nobody sends longer numbers.
    private const int MaxDigits = 1000;

    /// <summary>Resolves a scalar.</summary>
    public static JsonScalar Of(YamlScalar scalar) => scalar.IsQuoted ? new(JsonValueKind.String, scalar.Text) : scalar.Text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => new(JsonValueKind.Null, "null"),
        "true" or "True" or "TRUE" => new(JsonValueKind.True, "true"),
        "false" or "False" or "FALSE" => new(JsonValueKind.False, "false"),
        var text when JsonNumber.IsMatch(text) => new(JsonValueKind.Number, text),
        var text when text.Length <= MaxDigits => OfYamlNumber(text),
        var text => new(JsonValueKind.String, text),
    };

    private static JsonScalar OfYamlNumber(string text)
    {
        if (Infinity.IsMatch(text))
        {
            return new(JsonValueKind.Undefined, text);
        }

        if (Prefixed.IsMatch(text))
        {
            var digits = text.AsSpan(2);
            var number = BigInteger.Zero;
            foreach (var digit in digits)
            {
                number = (number * (text[1] == 'x' ? 16 : 8)) + Convert.ToInt32(digit.ToString(), 16);
            }

            return new(JsonValueKind.Number, number.ToString(CultureInfo.InvariantCulture));
        }

        if (Integer.IsMatch(text))
        {
            var number = BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            return new(JsonValueKind.Number, number.ToString(CultureInfo.InvariantCulture));
        }

        if (!Float.IsMatch(text))
        {
            return new(JsonValueKind.String, text);
        }

        var value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value)
            ? new(JsonValueKind.Number, value.ToString("R", CultureInfo.InvariantCulture))
            : new(JsonValueKind.Undefined, text);
    }

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex JsonNumber { get; }

    [GeneratedRegex(@"\A[-+]?[0-9]+\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Integer { get; }

    [GeneratedRegex(@"\A(0o[0-7]+|0x[0-9a-fA-F]+)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Prefixed { get; }

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Float { get; }

    [GeneratedRegex(@"\A([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Infinity { get; }
}
