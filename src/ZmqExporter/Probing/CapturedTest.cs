using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary>A test for texts in which captured values stand, so that nobody knows them before the probe. Immutable and thread-safe.</summary>
internal sealed class CapturedTest : ValueTest
{
    private readonly TestConfig _config;
    private readonly ImmutableArray<(string Text, TextTemplate Template)> _choices;

    private CapturedTest(TestConfig config, ImmutableArray<string> texts)
    {
        _config = config;
        _choices = [.. texts.Select(text => (text, config is TestConfig.EqualsText ? TextTemplate.ToExpect(text, config.Captures) : TextTemplate.OfCaptures(text, config.Captures)))];
    }

    /// <inheritdoc />
    public override bool HasToken => _choices.Any(choice => choice.Template.HasToken);

    /// <summary>The test that a config asks for.</summary>
    public static new CapturedTest From(TestConfig config) => new(config, config switch
    {
        TestConfig.EqualsText text => [text.Text],
        TestConfig.NotEquals other => [Encoding.UTF8.GetString([.. other.Bytes])],
        TestConfig.Contains part => [Encoding.UTF8.GetString([.. part.Bytes])],
        TestConfig.StartsWith start => [Encoding.UTF8.GetString([.. start.Bytes])],
        TestConfig.OneOf choices => [.. choices.Texts],
        _ => throw new NotSupportedException(config.GetType().Name),
    });

    /// <inheritdoc />
    public override string? Check(in FoundValue value, in ProbeVariables variables, out ProbeToken? token)
    {
        token = null;
        if (_config is TestConfig.EqualsText && _choices[0].Template.TryMatch(value.Text, variables, out token))
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>();
        foreach (var (_, template) in _choices)
        {
            output.ResetWrittenCount();
            template.Write(output, variables);
            if (Holds(value, output.WrittenSpan))
            {
                return _config is TestConfig.NotEquals ? $", which it must not be{Here(output.WrittenSpan)}" : null;
            }
        }

        var shown = string.Join(", ", _choices.Select(choice => Excerpt.Of(Encoding.UTF8.GetBytes(choice.Text))));
        var here = _choices.Length == 1 ? Here(output.WrittenSpan) : "";
        return _config switch
        {
            TestConfig.NotEquals => null,
            TestConfig.Contains => $", which does not contain {shown}{here}",
            TestConfig.StartsWith => $", which does not start with {shown}{here}",
            TestConfig.OneOf => $" instead of one of {shown}{here}",
            _ => $" instead of {shown}{here}",
        };
    }

    private static string Here(ReadOnlySpan<byte> bytes) => $" (here {Excerpt.Of(bytes)})";

    private bool Holds(in FoundValue value, ReadOnlySpan<byte> wanted) => _config switch
    {
        TestConfig.Contains => value.Text.IndexOf(wanted) >= 0,
        TestConfig.StartsWith => value.Text.StartsWith(wanted),
        TestConfig.EqualsText => IsSameNumber(value, wanted), // its bytes are not the same
        _ => value.Text.SequenceEqual(wanted) || IsSameNumber(value, wanted),
    };

    private static bool IsSameNumber(in FoundValue value, ReadOnlySpan<byte> wanted) =>
        value.Kind == FoundKind.Number && NumberText.TryRead(value, out var found)
        && double.TryParse(wanted, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && found == number;
}
