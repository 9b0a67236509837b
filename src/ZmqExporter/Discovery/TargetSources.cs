using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.Targets;

namespace ZmqExporter.Discovery;

/// <summary>
/// All targets that are to be probed: those of the config and those of its sources, as far as they belong to the shard. When a source changes, they are put in force without the
/// config being read again; when the config changes, sources that stay keep what they have. Thread-safe.
/// </summary>
internal sealed class TargetSources
{
    // While files are being written, several may change together: a target that moves from one to the other must not be lost in between.
    // But somebody who writes all the time must not keep everything else from being seen.
    private const int MostWaits = 5;

    /// <summary>How often targets are tried again for which there was no memory.</summary>
    public static readonly TimeSpan RetryPeriod = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly TimedFiles _files = new(TimedFiles.DefaultLimit); // the lock is held meanwhile
    private readonly ConfigInputs _inputs;
    private readonly TimeProvider _time;
    private readonly Shard _shard;
    private readonly SourceReport _report;
    private readonly List<ITargetSource> _sources = [];
    private ExporterConfig _config;
    private TargetListBinding _binding;
    private ConfigOrigins _origins;
    private MergedTargets _merged;
    private EquatableArray<FileState> _before = [];
    private int _waits;
    private Timestamp _applied;
    private bool _isInForce = true; // not when it could not be put in force, or only in part
    private Func<IReadOnlyCollection<TargetConfig>, TargetDiff>? _apply;
    private Func<bool> _isIncomplete = () => false;

    /// <summary>Reads the files. URLs are asked later.</summary>
    /// <param name="loaded">A config without errors.</param>
    /// <param name="inputs">Where files come from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Is notified of how the sources are.</param>
    /// <param name="logger">The same, in words.</param>
    /// <param name="shard">Which targets are to be probed.</param>
    public TargetSources(
        ConfigResult loaded, ConfigInputs inputs, TimeProvider time, DiscoveryMetrics metrics, ILogger<TargetSources> logger, Shard shard)
    {
        _shard = shard;
        _inputs = _files.Limit(inputs);
        _time = time;
        _report = new SourceReport(metrics, logger);
        (_config, _binding, _origins) = Parts(loaded);
        SetSourcesNeedsLock();
        _merged = MergedTargets.Of(_config, _binding, _sources, _shard);
        ReportNeedsLock();
    }

    /// <summary>All targets × modules, as they are to be probed now.</summary>
    public ImmutableArray<TargetConfig> Targets
    {
        get
        {
            lock (_lock)
            {
                return _merged.Targets;
            }
        }
    }

    /// <summary>The settings of a target, without secrets, and where each comes from; none when it has been taken out meanwhile.</summary>
    public EquatableArray<EffectiveSetting> SettingsOf(TargetConfig target)
    {
        lock (_lock)
        {
            return _merged.Targets.Contains(target)
                ? _origins.Explain(target, _merged.Listed.TryGetValue(target.Name, out var own) ? own : null)
                : [];
        }
    }

    /// <summary>The name of a source whose targets are missing, because its list was never good; null when there is none.</summary>
    public string? Incomplete
    {
        get
        {
            lock (_lock)
            {
                return _sources.Find(source => !source.IsComplete)?.Name;
            }
        }
    }

    /// <summary>The targets are probed: from now on they can be replaced.</summary>
    /// <param name="apply">Replaces them.</param>
    /// <param name="isIncomplete">Whether some of them could not be probed for want of memory.</param>
    public void Begin(Func<IReadOnlyCollection<TargetConfig>, TargetDiff> apply, Func<bool> isIncomplete)
    {
        lock (_lock)
        {
            (_apply, _isIncomplete, _applied) = (apply, isIncomplete, Timestamp.Now(_time));
        }
    }

    /// <summary>Another config is in force. Files of new sources are read; sources that stay keep what they have.</summary>
    /// <returns>What that changed.</returns>
    public TargetDiff Apply(ConfigResult loaded)
    {
        lock (_lock)
        {
            (_config, _binding, _origins) = Parts(loaded);
            SetSourcesNeedsLock();
            _merged = MergedTargets.Of(_config, _binding, _sources, _shard);
            ReportNeedsLock();
            return PutInForceNeedsLock();
        }
    }

    /// <summary>Nothing has changed: only those are tried again for which there was no memory.</summary>
    /// <returns>What that changed.</returns>
    public TargetDiff Retry()
    {
        lock (_lock)
        {
            return PutInForceNeedsLock();
        }
    }

    /// <summary>Looks whether files have changed, and reads those once they stand still.</summary>
    public void Look()
    {
        lock (_lock)
        {
            (FileSource Source, EquatableArray<FileState> Files)[] seen = [.. _sources.OfType<FileSource>().Select(source => (source, source.Look(_files)))];
            EquatableArray<FileState> now = [.. seen.SelectMany(pair => pair.Files)];
            EquatableArray<FileState> read = [.. seen.SelectMany(pair => pair.Source.Files)];
            var isRead = now != read && (now == _before || ++_waits >= MostWaits);
            _waits = isRead || now == read ? 0 : _waits;
            _before = now;
            if (isRead)
            {
                foreach (var (source, files) in seen)
                {
                    source.Read(files, _inputs, _binding);
                }
            }

            if (isRead || !_isInForce)
            {
                MergeNeedsLock("changed files");
            }

            foreach (var (source, _) in seen)
            {
                _report.Looked(source);
            }

            if (_apply is not null && _isIncomplete() && _applied.Elapsed(_time) >= RetryPeriod && PutInForceNeedsLock() is { IsEmpty: false } diff)
            {
                _report.Applied("memory", diff);
            }
        }
    }

    /// <summary>The URLs that it is time to ask. Each of them has to get its answer.</summary>
    public ImmutableArray<HttpSource> TakeDue()
    {
        lock (_lock)
        {
            var now = Timestamp.Now(_time);
            return [.. _sources.OfType<HttpSource>().Where(source => source.TryBegin(now))];
        }
    }

    /// <summary>A URL has answered, or has not.</summary>
    public void Answered(HttpSource source, FetchResult result)
    {
        lock (_lock)
        {
            if (!_sources.Contains(source))
            {
                return; // the config is another one by now
            }

            source.End(result, _binding);
            MergeNeedsLock(source.Name);
            _report.Answered(source);
        }
    }

    private static (ExporterConfig Config, TargetListBinding Binding, ConfigOrigins Origins) Parts(ConfigResult loaded) =>
        loaded is { Config: { } config, Lists: { } lists, Origins: { } origins }
        ? (config, lists, origins)
        : throw new ArgumentException("it has errors", nameof(loaded));

    private void SetSourcesNeedsLock()
    {
        var before = _sources.ToArray();
        _sources.Clear();
        foreach (var files in _config.TargetFiles)
        {
            _sources.Add(Kept(before.OfType<FileSource>().FirstOrDefault(source => source.Config == files)) ?? NewSource(files, before));
        }

        foreach (var url in _config.TargetUrls)
        {
            // By its name: with another password or interval it is the same list still, and what was good last stays until there is an answer.
            var known = before.OfType<HttpSource>().FirstOrDefault(source => source.Name == url.Name);
            _ = Kept(known);
            _sources.Add(known?.Config == url ? known : new HttpSource(url, known));
        }

        _report.Sources(_sources);
    }

    private ITargetSource? Kept(ITargetSource? source)
    {
        source?.Rebind(_binding);
        return source;
    }

    private FileSource NewSource(TargetFilesConfig config, IEnumerable<ITargetSource> before)
    {
        var source = new FileSource(config);
        foreach (var other in before.OfType<FileSource>().Where(other => !_config.TargetFiles.Contains(other.Config)))
        {
            source.Adopt(other); // the same files may have had another pattern
        }

        source.Read(source.Look(_files), _inputs, _binding);
        return source;
    }

    private void MergeNeedsLock(string cause)
    {
        var before = _merged;
        _merged = MergedTargets.Of(_config, _binding, _sources, _shard);
        _report.Merged(_sources, _merged);
        if (_apply is not null && !(_isInForce && before.Targets.AsSpan().SequenceEqual(_merged.Targets.AsSpan())))
        {
            _report.Applied(cause, PutInForceNeedsLock());
        }
    }

    // When that throws, it is tried again at the next look.
    private TargetDiff PutInForceNeedsLock()
    {
        _applied = Timestamp.Now(_time);
        _isInForce = false;
        var diff = _apply!(_merged.Targets);
        _isInForce = true;
        return diff;
    }

    private void ReportNeedsLock()
    {
        foreach (var source in _sources)
        {
            _report.Looked(source);
        }

        _report.Merged(_sources, _merged);
    }
}
