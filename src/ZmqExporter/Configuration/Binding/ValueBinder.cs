using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Content;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>values</c>: the numbers of messages that become metrics.</summary>
internal static partial class ValueBinder
{
    private const int MaxValues = 100;
    private const int MaxLabels = 10;
    private const int MostSeries = 10_000;
    private const int MaxHelp = 500;
    private const string ScaleRemedy = "write a number other than 0, such as 0.001";
    private const string HelpRemedy = "write one sentence on one line, without a backslash";

    private static readonly Choice<ValueKind> Types = new("type of a value", [("gauge", ValueKind.Gauge), ("counter", ValueKind.Counter)]);

    /// <summary>The tables of both.</summary>
    public static ImmutableArray<KeyTable> Parts => [Keys, LabelKeys];

    /// <summary>The keys of an entry.</summary>
    public static KeyTable Keys { get; } = new(
        "modules.*.values[*]", ["metric", "help", "type", "each", "labels", "max_series", "scale", "matches", .. SourceBinder.Keys]);

    private static KeyTable LabelKeys { get; } = new("modules.*.values[*].labels.*", [.. SourceBinder.Keys, "matches"]);

    /// <summary>Binds the list; empty when there is none or after an error.</summary>
    public static ImmutableArray<ValueConfig> BindList(ModuleChain chain)
    {
        if (chain.Find("values") is not { } list || list.ReadItems("write - metric: .. below it") is not { } items)
        {
            return [];
        }

        if (items.Length > MaxValues)
        {
            list.Error(string.Create(CultureInfo.InvariantCulture, $"there are {items.Length} values"), $"write {MaxValues} at most");
            return [];
        }

        return [.. items.Select(Bind).OfType<ValueConfig>()];
    }

    /// <summary>Reports metrics that two modules describe in different ways: each has one type and one help in a scrape.</summary>
    public static void CheckAgreement(IEnumerable<(string Module, ConfigValue Value, ImmutableArray<ValueConfig> Values)> modules)
    {
        var known = new Dictionary<string, (string Module, ValueConfig Value)>(StringComparer.Ordinal);
        foreach (var (module, at, values) in modules)
        {
            foreach (var value in values)
            {
                if (!known.TryAdd(value.Metric, (module, value)) && known[value.Metric] is var (other, first)
                    && (first.Type != value.Type || first.Help != value.Help))
                {
                    at.Error(
                        $"{value.Metric} has another {(first.Type != value.Type ? "type" : "help")} in module {Quoted.Text(other)}",
                        "a metric has one type and one help: write the same in both, or take another name");
                }
            }
        }
    }

    private static ValueConfig? Bind(ConfigValue item)
    {
        var errors = item.Errors;
        var before = errors.Count;
        if (Section.Open(item, Keys) is not { } section)
        {
            return null;
        }

        var type = ValueKind.Gauge;
        var isTyped = section.Find("type") is not { } typeAt || Types.TryRead(typeAt, out type);
        var metric = section.Require("metric", "write metric: and a name such as orders_queue_depth") is { } name && isTyped ? ReadName(name, type) : null;
        var help = section.Require("help", HelpRemedy) is { } text ? ReadHelp(text) : null;
        var source = SourceBinder.Bind(section, section.Find("matches"));
        var each = section.Find("each") is { } eachAt ? JsonPaths.Read(eachAt) : null;
        if (section.Find("each") is { } wrong && source is { Selector: not SelectorConfig.Document })
        {
            wrong.Error("needs json, msgpack or cbor, which says where in each item the number is", "write json: $.busy beside it");
        }

        var labels = section.Find("labels") is { } labelsAt ? ReadLabels(labelsAt, source) : [];
        var most = section.Find("max_series") is { } seriesAt ? Numbers.Read(seriesAt, 1, MostSeries) : ValueConfig.DefaultMaxSeries;
        var scale = section.Find("scale") is { } scaleAt ? ReadScale(scaleAt) : 1;
        return errors.Count > before || metric is null || help is null || source is null || most is null || scale is null
            ? null
            : new ValueConfig(metric, help, type, source, each, labels, most.Value, scale.Value);
    }

    private static string? ReadName(ConfigValue value, ValueKind type)
    {
        const string Remedy = "write letters, digits and _, beginning with a letter: orders_queue_depth";
        if (value.ReadText(Remedy) is not { } name)
        {
            return null;
        }

        if (!Name.IsMatch(name) || name.Length > ValueNames.MaxLength)
        {
            value.Error($"{value.Shown} is not a name of a metric", Remedy);
        }
        else if (ValueNames.IsTaken(name))
        {
            value.Error($"{value.Shown} is taken: the exporter or Prometheus has such names", "begin it with the name of your application");
        }
        else if (type == ValueKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal))
        {
            value.Error($"{value.Shown} is a counter, whose name ends in _total", $"write {name}_total, or type: gauge");
        }
        else if (type == ValueKind.Gauge && ValueNames.SuffixOfOthers(name) is { } reserved)
        {
            value.Error(
                $"{value.Shown} is a gauge, and {reserved} is the end of other names", reserved == "_total" ? "write type: counter, or another name" : "take another name");
        }
        else
        {
            return name;
        }

        return null;
    }

    private static string? ReadHelp(ConfigValue value)
    {
        if (value.ReadText(HelpRemedy) is not { } text)
        {
            return null;
        }

        if (text.Length is > 0 and <= MaxHelp && !text.Any(c => char.IsControl(c) || c == '\\'))
        {
            return text;
        }

        value.Error(text.Length > MaxHelp ? $"is longer than {MaxHelp} characters" : "is empty, or has a line break or a backslash", HelpRemedy);
        return null;
    }

    private static ImmutableArray<ValueLabelConfig> ReadLabels(ConfigValue value, SourceConfig? source)
    {
        if (value.ReadEntries("write a path for each label: {worker: $.name}") is not { } entries)
        {
            return [];
        }

        if (entries.Length > MaxLabels)
        {
            value.Error($"there are {entries.Length} labels", $"write {MaxLabels} at most");
        }

        var labels = ImmutableArray.CreateBuilder<ValueLabelConfig>();
        foreach (var (entry, at) in entries)
        {
            if (!Name.IsMatch(entry.Key) || entry.Key.StartsWith("__", StringComparison.Ordinal) || TargetLabels.Reserved.Contains(entry.Key))
            {
                at.Error($"{Quoted.Text(entry.Key)} cannot be a label of a value", "take another name: letters, digits and _, and none that the exporter or Prometheus sets");
            }
            else if (at.Node is YamlMapping)
            {
                if (Section.Open(at, LabelKeys) is { } section && SourceBinder.Bind(section, section.Find("matches")) is { } place)
                {
                    labels.Add(new ValueLabelConfig(entry.Key, Path: null, Source: place));
                }
            }
            else if (at.ReadText("write a path such as $.name, a text, or a place such as {frame: 0}") is { } text)
            {
                var isPath = text.StartsWith('$');
                if (isPath && source is { Selector: not SelectorConfig.Document })
                {
                    at.Error("a path needs json, msgpack or cbor beside it", "write a text, or say where the number is by a path");
                }

                if (!isPath)
                {
                    labels.Add(new ValueLabelConfig(entry.Key, Path: null, text));
                }
                else if (JsonPaths.Read(at) is { } path)
                {
                    labels.Add(new ValueLabelConfig(entry.Key, path));
                }
            }
        }

        return labels.ToImmutable();
    }

    private static double? ReadScale(ConfigValue value)
    {
        if (value.ReadText(ScaleRemedy) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var scale) && double.IsFinite(scale) && scale != 0)
        {
            return scale;
        }

        value.Error($"{value.Shown} is not a number to multiply with", ScaleRemedy);
        return null;
    }

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]*\z", RegexOptions.None, 1000)]
    private static partial Regex Name { get; } // of a metric or a label
}
