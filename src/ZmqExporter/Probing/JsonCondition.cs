using System.Globalization;
using System.Text;
using ZmqExporter.Configuration;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary><c>json: $.path</c>, with an expected value or without. Immutable and thread-safe.</summary>
internal sealed class JsonCondition(int frame, JsonPath path, string? value) : ReplyCondition
{
    private readonly TextTemplate? _template = value is null ? null : TextTemplate.ToExpect(value);

    /// <inheritdoc />
    public override bool HasToken => _template?.HasToken ?? false;

    /// <inheritdoc />
    public override string? Check(ZmtpMessage message, out ProbeToken? token)
    {
        token = null;
        if (frame >= message.FrameCount)
        {
            return MissingFrame(frame, message);
        }

        var selected = path.Select(message[frame]);
        return selected.Kind switch
        {
            JsonSelectionKind.Value => _template is null ? null : Compare(_template, selected, out token),
            JsonSelectionKind.Nothing => $"{Shown(message)}, in which {path} selects nothing",
            JsonSelectionKind.NotJson => $"{Shown(message)}, which is not JSON in which {path} selects one value",
            JsonSelectionKind.TookTooLong => $"{Shown(message)}, on which {path} took too long",
            _ => $"{path} cannot be evaluated: {selected.Text}",
        };
    }

    private string? Compare(TextTemplate template, JsonSelection selected, out ProbeToken? token)
    {
        var text = Encoding.UTF8.GetBytes(selected.Text);
        return template.TryMatch(text, out token) || IsSameNumber(selected, value!)
            ? null
            : $"{path} is {Excerpt.Of(text)} instead of {Excerpt.Of(Encoding.UTF8.GetBytes(value!))}";
    }

    private string Shown(ZmtpMessage message) => string.Create(CultureInfo.InvariantCulture, $"frame {frame} is {Excerpt.Of(message[frame])}");

    private static bool IsSameNumber(JsonSelection selected, string expected) =>
        selected.IsNumber
        && double.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.TryParse(selected.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var found) // any size
        && found == number;
}
