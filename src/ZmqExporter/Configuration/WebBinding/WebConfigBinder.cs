using ZmqExporter.Configuration.Reading;
using ZmqExporter.Configuration.Web;

namespace ZmqExporter.Configuration.WebBinding;

/// <summary>Binds a web config. It goes on after an error, so that one run shows them all.</summary>
internal static class WebConfigBinder
{
    private const int MostRequests = 1_000_000;

    /// <summary>The value of a key that has one: as in Prometheus' own exporters, a key without a value is not there.</summary>
    public static ConfigValue? FindSet(this Section section, string key) =>
        section.Find(key) is { Node: not YamlScalar { IsNull: true } } value ? value : null;

    /// <summary>The same for a text, which is not there either when it is empty.</summary>
    public static ConfigValue? FindText(this Section section, string key) =>
        section.FindSet(key) is { Node: not YamlScalar { Text: "" } } value ? value : null;

    /// <summary>Binds the document; the result counts only when the context has no errors.</summary>
    public static WebConfig Bind(YamlNode document, WebBindingContext context)
    {
        if (document is YamlScalar { IsNull: true } || Section.Open(new ConfigValue(document, "", context.Errors), WebConfigKeys.Root) is not { } root)
        {
            return new WebConfig();
        }

        var config = new WebConfig
        {
            Tls = root.FindSet("tls_server_config") is { } tls ? TlsBinder.Bind(tls, context) : null,
            Users = root.FindSet("basic_auth_users") is { } users ? UsersBinder.Bind(users, context) : EquatableMap<Secret>.Empty,
            RateLimit = root.FindSet("rate_limit") is { } limit ? BindRateLimit(limit) : null,
        };
        if (root.FindSet("basic_auth_users") is { } withoutTls && config is { Users.Count: > 0, Tls: null })
        {
            context.Warn(withoutTls, "passwords go over the network in clear text", "use TLS too: write tls_server_config");
        }

        return root.FindSet("http_server_config") is { } http ? HttpBinder.Bind(http, config) : config;
    }

    private static RateLimitConfig? BindRateLimit(ConfigValue value)
    {
        if (Section.Open(value, WebConfigKeys.RateLimit) is not { } section)
        {
            return null;
        }

        var interval = section.FindSet("interval") is { } text ? GoDurations.Read(text) : TimeSpan.Zero;
        if (interval == TimeSpan.Zero)
        {
            _ = section.FindSet("burst") is { } unused ? Numbers.Read(unused, 0, MostRequests) : null;
            return null;
        }

        var burst = section.FindSet("burst") ?? section.Require("burst", "write how many requests may come at once, such as 20");
        return burst is not null && Numbers.Read(burst, 1, MostRequests) is { } count && interval is { } length
            ? new RateLimitConfig(length, count)
            : null;
    }
}
