using System.Text.RegularExpressions;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Binding;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Tests.Configuration;

/// <summary>The reference config and the documentation against the compiler's own key tables.</summary>
public partial class ReferenceConfigTests
{
    internal static string ReferencePath { get; } = Path.Combine(AppContext.BaseDirectory, "docs", "zmq_exporter.reference.yml");

    private static readonly string Documentation = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "configuration.md"));

    private static readonly (string Place, string Key)[] OfTheOtherMechanism =
    [
        ("heartbeat_listener.security", "users"), ("heartbeat_listener.security", "server_secret_key"), ("heartbeat_listener.security.users[*]", "username"),
        ("heartbeat_listener.security.users[*]", "password"), ("heartbeat_listener.security.users[*]", "password_file"),
    ];

    [Fact]
    public void Load_ReferenceConfig_IsGood() => Assert.Empty(ConfigLoader.Load(ReferencePath).Errors);

    [Fact]
    public void ReferenceConfig_ShowsDefaults()
    {
        var config = ConfigLoader.Load(ReferencePath).Config!;
        var module = config.Modules["conversation"];

        Assert.Equal(new MetricsConfig().Buckets, config.Metrics.Buckets);
        Assert.Equal(EffectiveSettings.DefaultInterval, module.Interval);
        Assert.Equal(EffectiveSettings.DefaultTimeout, module.Timeout);
        Assert.Equal(new PolicyConfig(), module.Policy with { SuspectInterval = null, DownInterval = null });
    }

    [Fact]
    public void ReferenceConfig_HasEveryKnownKeyInItsPlace()
    {
        var shown = KeysOf(File.ReadAllText(ReferencePath)).Select(key => (key.Place, key.Key)).ToHashSet();

        // There is one such section, and it has one mechanism: a comment has the keys of the other one.
        foreach (var (place, key) in OfTheOtherMechanism)
        {
            Assert.Contains($"{key}:", File.ReadAllText(ReferencePath), StringComparison.Ordinal);
            _ = shown.Add((place, key));
        }

        var known = ConfigKeys.All.SelectMany(table => table.Keys.Select(key => (table.Place, key)));

        Assert.Empty(known.Except(shown));
    }

    [Fact]
    public void Documentation_NamesEveryKnownKeyAndReservedLabel()
    {
        var words = ConfigKeys.All.SelectMany(table => table.Keys).Concat(TargetLabels.Reserved);

        Assert.DoesNotContain(words, word => !Documentation.Contains($"`{word}`", StringComparison.Ordinal));
    }

    [Fact]
    public void Documentation_ExampleLoads() => Assert.Single(Parsed.Config(Example.Match(Documentation).Groups["yaml"].Value).Targets);

    /// <summary>The keys of a document by their places, and the lines that they stand in.</summary>
    internal static IReadOnlyList<(string Place, string Key, int Line)> KeysOf(string text)
    {
        var keys = new List<(string Place, string Key, int Line)>();
        Collect(YamlReader.Read(text, "", scalar => new ScalarExpansion(scalar)).Root!, "", keys);
        return keys;
    }

    private static void Collect(YamlNode node, string path, List<(string Place, string Key, int Line)> keys)
    {
        switch (node)
        {
            case YamlMapping mapping:
                foreach (var entry in mapping.Entries)
                {
                    keys.Add((path, entry.Key, entry.KeyMark.Line));
                    var isNamed = path is "modules" or "modules.*.values[*].labels" || path.EndsWith(".capture", StringComparison.Ordinal);
                    Collect(entry.Value, isNamed ? $"{path}.*" : Quoted.Path(path, entry.Key), keys);
                }

                break;
            case YamlSequence list:
                foreach (var item in list.Items)
                {
                    Collect(item, $"{path}[*]", keys);
                }

                break;
        }
    }

    [GeneratedRegex("```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example { get; }
}
