using System.Text.Json.Serialization;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Http;

/// <summary>A group of targets as Prometheus' http_sd has it.</summary>
/// <param name="Targets">The endpoint.</param>
/// <param name="Labels">What <c>target_urls</c> reads: name, modules, where a loop comes out, and interval and timeout where all modules have the same; and the target's own labels.</param>
internal sealed record TargetGroupJson(
    [property: JsonPropertyName("targets")] string[] Targets, [property: JsonPropertyName("labels")] SortedDictionary<string, string> Labels)
{
    /// <summary>One group for each target, in the order of the targets; without those that have no endpoint.</summary>
    public static TargetGroupJson[] Of(IEnumerable<TargetConfig> targets) =>
        [.. targets.Where(target => !target.Endpoint.IsIncoming).GroupBy(target => target.Name, StringComparer.Ordinal).Select(target => Group([.. target]))];

    private static TargetGroupJson Group(TargetConfig[] modules)
    {
        var target = modules[0];
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["__zmq_name__"] = target.Name,
            ["__zmq_modules__"] = string.Join(',', modules.Select(pair => pair.Module.Name)),
        };
        if (modules.Select(pair => pair.ReturnEndpoint).OfType<ZmtpEndpoint>().FirstOrDefault() is { } back)
        {
            labels.Add("__zmq_return_endpoint__", back.ToString());
        }

        foreach (var (name, value) in target.Labels)
        {
            labels.Add(name, value);
        }

        AddIfCommon("__zmq_interval__", module => module.Interval);
        AddIfCommon("__zmq_timeout__", module => module.Timeout);
        return new TargetGroupJson([target.Endpoint.ToString()], labels);

        void AddIfCommon(string name, Func<ModuleConfig, TimeSpan> read)
        {
            if (modules.All(pair => read(pair.Module) == read(target.Module)))
            {
                labels.Add(name, Durations.Show(read(target.Module)));
            }
        }
    }
}

/// <summary>Writes it without reflection.</summary>
[JsonSerializable(typeof(TargetGroupJson[]))]
internal sealed partial class TargetsJsonContext : JsonSerializerContext;
