using System.CommandLine;
using ZmqExporter.Http;

namespace ZmqExporter.Cli;

/// <summary>The flags <c>--web.external-url</c> and <c>--web.dashboard-url</c>.</summary>
internal static class UrlFlag
{
    /// <summary>Under which URL people reach the exporter.</summary>
    public static Option<PublicUrl?> External() => Create(
        "--web.external-url",
        "The URL under which people reach this exporter, such as https://monitoring.example/zmq; a proxy in front may strip its path or pass it on",
        static url => url.PrefixProblem());

    /// <summary>Where Grafana is.</summary>
    public static Option<PublicUrl?> Dashboard() => Create(
        "--web.dashboard-url",
        "The URL of the Grafana that has the bundled dashboards, such as https://grafana.example: each target's page links to its dashboard there",
        static _ => null);

    private static Option<PublicUrl?> Create(string name, string description, Func<PublicUrl, string?> check) => new(name)
    {
        Description = description,
        HelpName = "url",
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (text.Length == 0)
            {
                return null; // as good as without the flag: scripts pass on variables that are empty
            }

            if ((!PublicUrl.TryParse(text, out var url, out var problem) ? problem : check(url)) is { } wrong)
            {
                argument.AddError($"{name}: {wrong}");
            }

            return url;
        },
    };
}
