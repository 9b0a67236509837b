using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Logging;
using ZmqExporter.Metrics;
using ZmqExporter.Targets;

namespace ZmqExporter.Discovery;

/// <summary>Says how the sources are, in metrics always and in the log when it changes. Not thread-safe.</summary>
internal sealed partial class SourceReport(DiscoveryMetrics metrics, ILogger<TargetSources> logger)
{
    // In the log; check-config prints all errors of files.
    private const int ErrorsShown = 10;

    private readonly Dictionary<string, EquatableArray<ConfigError>> _errors = new(StringComparer.Ordinal); // by the name of the source
    private readonly Dictionary<string, EquatableArray<ConfigError>> _warnings = new(StringComparer.Ordinal);
    private EquatableArray<ConfigError> _conflicts = [];

    /// <summary>These are the sources from now on.</summary>
    public void Sources(IReadOnlyCollection<ITargetSource> sources)
    {
        // One whose settings have changed is another source with the same name.
        foreach (var name in _errors.Keys.Except(sources.Select(source => source.Name), StringComparer.Ordinal).ToArray())
        {
            _errors.Remove(name);
            _warnings.Remove(name);
            metrics.Remove(name);
        }

        foreach (var source in sources)
        {
            metrics.Add(source.Name, source.RefreshInterval);
            _errors.TryAdd(source.Name, []);
        }
    }

    /// <summary>A source was looked at: it counts as a failure when something else is wrong now.</summary>
    public void Looked(ITargetSource source)
    {
        // One that nobody has asked yet says nothing.
        if (source is HttpSource { IsAsked: false })
        {
            return;
        }

        if (Log(source) && !source.Errors.IsEmpty)
        {
            metrics.Failed(source.Name);
        }

        // What a URL answered is as old as the answer, however often it is looked at.
        metrics.Set(source.Name, source.Errors.IsEmpty, isNews: source is not HttpSource);
    }

    /// <summary>A source was asked: each time in vain is a failure.</summary>
    public void Answered(HttpSource source)
    {
        _ = Log(source);
        if (!source.Errors.IsEmpty)
        {
            metrics.Failed(source.Name);
        }

        metrics.Set(source.Name, source.Errors.IsEmpty, isNews: true);
    }

    /// <summary>The targets were replaced.</summary>
    public void Applied(string cause, TargetDiff diff) =>
        Lines.Changed(logger, cause, diff.Added.Length, diff.Changed.Length, diff.Removed.Length, diff.Unchanged);

    /// <summary>The targets of all sources were put together, and some may be left out.</summary>
    public void Merged(IEnumerable<ITargetSource> sources, MergedTargets merged)
    {
        foreach (var source in sources.Where(source => source is not HttpSource { IsAsked: false }))
        {
            metrics.Set(source.Name, source.Targets.Count(), merged.Conflicts.Count(conflict => ReferenceEquals(conflict.Source, source)));
        }

        EquatableArray<ConfigError> conflicts = [.. merged.Conflicts.Select(conflict => conflict.Error)];
        if (conflicts == _conflicts)
        {
            return;
        }

        foreach (var error in conflicts.Except(_conflicts).Take(ErrorsShown))
        {
            Lines.Conflict(logger, error.ToString());
        }

        _conflicts = conflicts;
    }

    private bool Log(ITargetSource source)
    {
        var warnings = source.Warnings;
        foreach (var warning in warnings.Except(_warnings.GetValueOrDefault(source.Name, [])).Take(ErrorsShown))
        {
            Lines.Warning(logger, source.Name, warning.ToString());
        }

        _warnings[source.Name] = warnings;
        var errors = source.Errors;
        var before = _errors.GetValueOrDefault(source.Name);
        _errors[source.Name] = errors;
        if (errors == before)
        {
            return false;
        }

        foreach (var error in errors.Except(before).Take(ErrorsShown))
        {
            Lines.Error(logger, source.Name, error.ToString());
        }

        if (errors.IsEmpty)
        {
            Lines.Mended(logger, source.Name);
        }
        else if (source.KeepsGood)
        {
            Lines.Kept(logger, source.Name, errors.Length);
        }
        else
        {
            Lines.NeverGood(logger, source.Name, errors.Length);
        }

        return true;
    }

    // Each of these comes when something has changed, and never twice for the same: that is their limit.
    private static partial class Lines
    {
        [LoggerMessage(1, LogLevel.Information, "targets changed", EventName = LogEvents.SelfLimited + nameof(Changed))]
        public static partial void Changed(ILogger logger, string cause, int added, int changed, int removed, int unchanged);

        [LoggerMessage(2, LogLevel.Error, "error in a list of targets", EventName = LogEvents.SelfLimited + nameof(Error))]
        public static partial void Error(ILogger logger, string source, string error);

        [LoggerMessage(
            3,
            LogLevel.Error,
            "a list of targets is wrong: its targets stay as they were when it was good last",
            EventName = LogEvents.SelfLimited + nameof(Kept))]
        public static partial void Kept(ILogger logger, string source, int errors);

        [LoggerMessage(
            6,
            LogLevel.Error,
            "a list of targets is wrong and has not been good since the start: it has no targets",
            EventName = LogEvents.SelfLimited + nameof(NeverGood))]
        public static partial void NeverGood(ILogger logger, string source, int errors);

        [LoggerMessage(4, LogLevel.Information, "all lists of targets of this source are good again", EventName = LogEvents.SelfLimited + nameof(Mended))]
        public static partial void Mended(ILogger logger, string source);

        [LoggerMessage(7, LogLevel.Warning, "warning of a list of targets", EventName = LogEvents.SelfLimited + nameof(Warning))]
        public static partial void Warning(ILogger logger, string source, string warning);

        [LoggerMessage(5, LogLevel.Error, "a target is left out", EventName = LogEvents.SelfLimited + nameof(Conflict))]
        public static partial void Conflict(ILogger logger, string error);
    }
}
