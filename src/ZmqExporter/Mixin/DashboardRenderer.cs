using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ZmqExporter.Mixin;

/// <summary>Renders the dashboards: their queries, those of their variables and of their annotations, and their links to the runbook and to the
/// exporter's pages. The rest of the text stays as it is.</summary>
/// <param name="parameters">What to render with.</param>
internal sealed class DashboardRenderer(MixinParameters parameters)
{
    private const string PageOfRow = "${__data.fields.url:raw}";

    private static readonly string[] OfVariable = ["label_values(", "label_names("];

    private readonly PromQlRewriter _queries = new(parameters, isPanel: true);

    /// <summary>Renders one dashboard.</summary>
    /// <param name="text">The file as the repository has it.</param>
    public string Render(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes);
        var result = new StringBuilder();
        var (name, at) = ("", 0);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                name = reader.GetString()!;
                continue;
            }

            if (reader.TokenType == JsonTokenType.String && reader.GetString() is var value && Change(name, value!) is var changed && changed != value)
            {
                var start = (int)reader.TokenStartIndex;
                result.Append(Encoding.UTF8.GetString(bytes.AsSpan(at, start - at)));
                result.Append('"').Append(JsonEncodedText.Encode(changed, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value).Append('"');
                at = (int)reader.BytesConsumed;
            }

            name = "";
        }

        return result.Append(Encoding.UTF8.GetString(bytes.AsSpan(at))).ToString();
    }

    private string Change(string property, string value) =>
        IsQuery(property, value) ? _queries.Rewrite(value)
        : property != "url" ? value
        : value.StartsWith(MixinParameters.DefaultRunbookBase + "#", StringComparison.Ordinal) ? parameters.RunbookBase + value[MixinParameters.DefaultRunbookBase.Length..]
        : value.StartsWith(PageOfRow, StringComparison.Ordinal) ? (parameters.PageBase ?? PageOfRow) + value[PageOfRow.Length..]
        : value;

    // "query" is also the kind of the variable for the data source.
    private static bool IsQuery(string property, string value) =>
        property == "expr" || (property is "query" or "definition" && OfVariable.Any(call => value.StartsWith(call, StringComparison.Ordinal)));
}
