using Microsoft.Extensions.Logging.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Discovery;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Configuration;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Discovery;

/// <summary>Sources of targets with a directory of their own, and all that they put in force.</summary>
internal sealed class SourcesUnderTest : IDisposable
{
    /// <summary>A config whose targets may have the module <c>ping</c> and have it by default.</summary>
    public const string Modules = "defaults: {modules: [ping]}\nmodules: {ping: {prober: request, send: [ping]}}\n";

    private readonly FakeLogCollector _logs = new();
    private IReadOnlyCollection<TargetConfig> _current = [];

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("zmq_exporter-sources-").FullName;

    public MetricsUnderTest Metrics { get; } = new();

    /// <summary>Files that cannot be opened, by name.</summary>
    public HashSet<string> Locked { get; } = [];

    /// <summary>Whether there was no memory for some targets.</summary>
    public bool IsIncomplete { get; set; }

    /// <summary>What each application changed.</summary>
    public List<TargetDiff> Diffs { get; } = [];

    public TargetSources Sources { get; private set; } = null!;

    /// <summary>What whoever puts targets in force throws.</summary>
    public Exception? Fault { get; set; }

    /// <summary>What was logged since the last time, by message.</summary>
    public IReadOnlyList<string> TakeLog()
    {
        string[] lines = [.. _logs.GetSnapshot(clear: true).Select(record => string.Join(' ', record.StructuredState!.Where(pair => pair.Key != "{OriginalFormat}").Select(pair => $"{pair.Key}={pair.Value}").Prepend(record.Message)))];
        return lines;
    }

    /// <summary>The names of the targets that are probed.</summary>
    public string Names => string.Join(' ', Sources.Targets.Select(target => target.Name));

    public void Start(string config, Shard? shard = null)
    {
        Sources = new TargetSources(
            Load(config), Inputs(), Metrics.Time, Metrics.Exporter.Self.Discovery, new FakeLogger<TargetSources>(_logs), shard ?? Shard.Whole);
        _current = Sources.Targets;
        Sources.Begin(targets =>
        {
            if (Fault is not null)
            {
                throw Fault;
            }

            var diff = TargetDiff.Of(_current.ToDictionary(TargetKey.Of), targets);
            _current = targets;
            Diffs.Add(diff);
            return diff;
        }, () => IsIncomplete);
    }

    public TargetDiff Reload(string config) => Sources.Apply(Load(config));

    /// <summary>Replaces a file as everybody should, and lets time pass for its fingerprint.</summary>
    public void Write(string name, string text)
    {
        var next = Path.Combine(Directory, name + ".new");
        File.WriteAllText(next, text);
        File.Move(next, Path.Combine(Directory, name), overwrite: true);
    }

    /// <summary>A list of targets whose names are these.</summary>
    public static string List(params string[] names) =>
        names.Length == 0 ? "[]" : string.Concat(names.Select(name => $"- targets: [tcp://{name}:1]\n  labels: {{__zmq_name__: {name}}}\n"));

    /// <summary>The samples of a family of the sources.</summary>
    public async Task<string> SamplesAsync(string family) => string.Join(' ', await Metrics.SamplesAsync($"zmq_exporter_discovery_{family}"));

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private ConfigResult Load(string config)
    {
        var result = ConfigLoader.Parse(config, Path.Combine(Directory, "zmq.yml"), Parsed.Inputs());
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        return result;
    }

    private ConfigInputs Inputs() => new()
    {
        ReadFile = (path, limit) => Locked.Contains(Path.GetFileName(path))
            ? throw new UnauthorizedAccessException()
            : ConfigInputs.System.ReadFile(path, limit),
    };
}
