using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Configuration.Web;

namespace ZmqExporter.Configuration.WebBinding;

/// <summary>Binds <c>http_server_config</c>.</summary>
internal static class HttpBinder
{
    private static readonly (string Header, string[] Values)[] Enumerated =
        [("X-Content-Type-Options", ["nosniff"]), ("X-Frame-Options", ["deny", "sameorigin"])];

    /// <summary>Binds the section into the config.</summary>
    public static WebConfig Bind(ConfigValue value, WebConfig config)
    {
        if (Section.Open(value, WebConfigKeys.Http) is not { } section)
        {
            return config;
        }

        return config with
        {
            Http2 = section.FindSet("http2") is not { } http2 || Switch.Read(http2),
            Headers = section.FindSet("headers") is { } headers && Section.Open(headers, WebConfigKeys.Headers) is { } named
                ? BindHeaders(named)
                : EquatableMap<string>.Empty,
        };
    }

    private static ImmutableSortedDictionary<string, string> BindHeaders(Section section)
    {
        var headers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in WebConfigKeys.Headers.Keys)
        {
            if (section.FindText(name) is { } value && value.ReadText("write the header's value") is { } text && IsAcceptable(value, name, text))
            {
                headers[name] = text;
            }
        }

        return headers.ToImmutable();
    }

    private static bool IsAcceptable(ConfigValue value, string name, string text)
    {
        var values = Enumerated.FirstOrDefault(pair => pair.Header == name).Values;
        if (values is not null && !values.Contains(text, StringComparer.Ordinal))
        {
            value.Error($"{value.Shown} is not a value of this header", $"write {string.Join(" or ", values)}");
            return false;
        }

        if (!text.All(c => c is >= ' ' and <= '~'))
        {
            value.Error("a header holds printable ASCII characters on one line", "remove all others");
            return false;
        }

        return true;
    }
}
