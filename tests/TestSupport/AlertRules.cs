using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace TestSupport;

/// <summary>The rule files of alerts/, as they are written.</summary>
internal static class AlertRules
{
    private static readonly IDeserializer Yaml =
        new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build();

    /// <summary>The rule files, by their paths from the repository's root.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Find("alerts", "*.rules.yml")];

    /// <summary>The unit tests for promtool, by their paths from the repository's root.</summary>
    public static IReadOnlyList<string> TestFiles { get; } = [.. Find("alerts/tests", "*.test.yml")];

    /// <summary>Every rule of every file.</summary>
    public static IReadOnlyList<Rule> All { get; } = [.. Files.SelectMany(file => Parse(Repository.Read(file)).Groups).SelectMany(group => group.Rules)];

    /// <summary>Those that alert.</summary>
    public static IReadOnlyList<Rule> Alerts { get; } = [.. All.Where(rule => rule.Alert.Length > 0)];

    /// <summary>Reads a rule file's text; an unknown key is an error.</summary>
    public static RuleFile Parse(string text) => Yaml.Deserialize<RuleFile>(text);

    /// <summary>Reads what a test file says of alerts.</summary>
    public static PromtoolTests ParseTests(string text) =>
        new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).IgnoreUnmatchedProperties().Build()
            .Deserialize<PromtoolTests>(text);

    private static IEnumerable<string> Find(string directory, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, directory), pattern)
            .Select(path => $"{directory}/{Path.GetFileName(path)}")
            .Order(StringComparer.Ordinal);
}

/// <summary>A file of rules.</summary>
internal sealed class RuleFile
{
    public List<RuleGroup> Groups { get; set; } = [];
}

/// <summary>Rules that are evaluated in their order.</summary>
internal sealed class RuleGroup
{
    public string Name { get; set; } = "";

    public string? Interval { get; set; }

    public List<Rule> Rules { get; set; } = [];
}

/// <summary>A recording or an alerting rule.</summary>
internal sealed class Rule
{
    public string Alert { get; set; } = "";

    public string Record { get; set; } = "";

    public string Expr { get; set; } = "";

    public string? For { get; set; }

    public string? KeepFiringFor { get; set; }

    public Dictionary<string, string> Labels { get; set; } = [];

    public Dictionary<string, string> Annotations { get; set; } = [];

    /// <summary>A copy whose dictionaries are its own.</summary>
    public Rule Copy() => new()
    {
        Alert = Alert,
        Record = Record,
        Expr = Expr,
        For = For,
        KeepFiringFor = KeepFiringFor,
        Labels = new(Labels, StringComparer.Ordinal),
        Annotations = Annotations,
    };

    public override string ToString() => Alert + Record;
}

/// <summary>A file of promtool's unit tests.</summary>
internal sealed class PromtoolTests
{
    public List<string> RuleFiles { get; set; } = [];

    public List<PromtoolTest> Tests { get; set; } = [];
}

/// <summary>One of promtool's unit tests.</summary>
internal sealed class PromtoolTest
{
    public List<AlertCase> AlertRuleTest { get; set; } = [];
}

/// <summary>What an alert must do at one instant.</summary>
internal sealed class AlertCase
{
    [YamlMember(Alias = "alertname", ApplyNamingConventions = false)]
    public string Alert { get; set; } = "";

    public List<Dictionary<string, Dictionary<string, string>>> ExpAlerts { get; set; } = [];
}
