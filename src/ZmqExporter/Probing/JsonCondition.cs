using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary><c>json: $.path</c>, with an expected value or without. Immutable and thread-safe.</summary>
internal sealed class JsonCondition(int frame, string path, string? value) : ReplyCondition
{
    private const int MaxDepth = 64;

    // A path may hold a regular expression that backtracks: a hostile reply must not be able to stop a probe thread with it.
    private static readonly JsonSelectSettings Select = new() { RegexMatchTimeout = TimeSpan.FromMilliseconds(100), ErrorWhenNoMatch = false };

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

        JToken? selected;
        try
        {
            selected = Parse(message[frame]).SelectToken(path, Select);
        }
        catch (JsonException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"frame {frame} is {Excerpt.Of(message[frame])}, which is not JSON in which {path} selects one value");
        }
        catch (ArgumentException exception)
        {
            // A regular expression in a filter is only compiled when there is something to filter.
            return $"{path} cannot be evaluated: {exception.Message}";
        }
        catch (RegexMatchTimeoutException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"frame {frame} is {Excerpt.Of(message[frame])}, on which {path} took too long");
        }

        if (selected is null)
        {
            return string.Create(CultureInfo.InvariantCulture, $"frame {frame} is {Excerpt.Of(message[frame])}, in which {path} selects nothing");
        }

        if (_template is null)
        {
            return null;
        }

        var text = selected.Type == JTokenType.String ? (string)selected! : selected.ToString(Formatting.None);
        return _template.TryMatch(Encoding.UTF8.GetBytes(text), out token) || IsSameNumber(selected, value!)
            ? null
            : $"{path} is {Excerpt.Of(Encoding.UTF8.GetBytes(text))} instead of {Excerpt.Of(Encoding.UTF8.GetBytes(value!))}";
    }

    private static JToken Parse(ReadOnlySpan<byte> bytes)
    {
        using var reader = new JsonTextReader(new StringReader(Encoding.UTF8.GetString(bytes)))
        {
            MaxDepth = MaxDepth,
            DateParseHandling = DateParseHandling.None,
        };
        var root = JToken.ReadFrom(reader);
        while (reader.Read())
        {
            if (reader.TokenType != JsonToken.Comment)
            {
                throw new JsonReaderException("more follows the value");
            }
        }

        return root;
    }

    private static bool IsSameNumber(JToken selected, string expected) =>
        selected.Type is JTokenType.Integer or JTokenType.Float
        && double.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.TryParse(selected.ToString(Formatting.None), NumberStyles.Float, CultureInfo.InvariantCulture, out var found) // any size
        && found == number;
}
