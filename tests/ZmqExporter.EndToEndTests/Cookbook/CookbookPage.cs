using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests.Cookbook;

/// <summary>A page of docs/cookbook as it is written, with its ports replaced by free ones.</summary>
internal sealed class CookbookPage
{
    private const string Prompt = "$ ";

    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    private readonly string _text;

    /// <param name="name">Its file's name without the extension.</param>
    /// <param name="endpoint">What to write for an endpoint of the page.</param>
    public CookbookPage(string name, Func<string, string> endpoint)
    {
        Name = name;
        _text = Regex.Replace(Repository.Read($"docs/cookbook/{name}.md"), @"tcp://127\.0\.0\.1:\d+", match => endpoint(match.Value), RegexOptions.None, MatchLimit);
        (Modules, Targets) = Blocks("yaml")[0].Split("\ntargets:\n") is [var modules, var targets] && modules.StartsWith("modules:\n", StringComparison.Ordinal)
            ? (modules["modules:\n".Length..], targets)
            : throw new FormatException($"the first yaml block of {name}.md is no configuration of modules and targets");
    }

    /// <summary>The names of all pages.</summary>
    public static string[] Names { get; } =
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs", "cookbook")).Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The server.</summary>
    public string Peer => Blocks("python").Single();

    /// <summary>What stands below <c>modules:</c>.</summary>
    public string Modules { get; }

    /// <summary>What stands below <c>targets:</c>.</summary>
    public string Targets { get; }

    /// <summary>The complete configuration.</summary>
    public string Config => $"modules:\n{Modules}\ntargets:\n{Targets}";

    /// <summary>The file of alert rules.</summary>
    public string Rules => Blocks("yaml")[1];

    /// <summary>The alert's name.</summary>
    public string Alert => Regex.Match(Rules, @"alert: (?<name>\w+)", RegexOptions.None, MatchLimit).Groups["name"].Value;

    /// <summary>The probes that the page shows: the target and all that is printed.</summary>
    public IEnumerable<(string Target, string Output)> Probes =>
        Commands("zmq_exporter probe ").Select(command => (command.Command["zmq_exporter probe ".Length..], command.Output));

    /// <summary>The series that the page shows, as /metrics has them.</summary>
    public string[] Series => Commands("curl ").Single().Output.Split('\n');

    private IEnumerable<(string Command, string Output)> Commands(string begin) =>
        Blocks("console")
            .SelectMany(block => $"\n{block.TrimEnd('\n')}".Split($"\n{Prompt}", StringSplitOptions.RemoveEmptyEntries))
            .Select(text => text.Split('\n', 2))
            .Where(parts => parts[0].StartsWith(begin, StringComparison.Ordinal))
            .Select(parts => (parts[0], parts[1]));

    private string[] Blocks(string language) =>
        [.. Regex.Matches(_text, $"```{language}\n(?<text>.*?)```", RegexOptions.Singleline, MatchLimit).Select(match => match.Groups["text"].Value)];
}
