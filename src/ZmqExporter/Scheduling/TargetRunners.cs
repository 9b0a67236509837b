using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Limits;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;

namespace ZmqExporter.Scheduling;

/// <summary>
/// The runners by target and module, in the order in which they were added: makes them, changes them and ends them, one change at a time.
/// Thread-safe.
/// </summary>
/// <param name="createProber">Makes a target's prober, which then belongs to its runner.</param>
/// <param name="targets">The records of the targets: each runner has one, and each record has a runner.</param>
/// <param name="context">What all runners share.</param>
/// <param name="memory">Says when there is no memory for more targets; null when there always is.</param>
/// <param name="logger">Hears of targets for which there is no memory.</param>
internal sealed partial class TargetRunners(
    Func<TargetConfig, IProbeObserver, IProber> createProber, TargetSet targets, RunnerContext context, MemoryGuard? memory, ILogger<TargetRunners> logger)
{
    // In one line of the log.
    private const int NamesShown = 100;

    private readonly Lock _changing = new();
    private readonly Lock _lock = new(); // for who looks while something changes
    private readonly OrderedDictionary<TargetKey, TargetRunner> _runners = [];
    private readonly HashSet<TargetKey> _refused = []; // changes only
    private readonly ScheduleOrigin _origin = ScheduleOrigin.Now(context.Timers.Time);

    /// <summary>Starts a runner for each target for which there is memory. Their first probes are paced together.</summary>
    /// <exception cref="ArgumentException">A target has the name and module of one that runs; it was not added, and all others were.</exception>
    public void Add(IReadOnlyCollection<TargetConfig> configs)
    {
        var failures = new Failures();
        lock (_changing)
        {
            AddNeedsLock(configs, _refused.ToHashSet(), failures);
        }

        failures.Throw();
    }

    /// <summary>How many targets are not probed, because there is no memory for them.</summary>
    public int Refused
    {
        get
        {
            lock (_changing)
            {
                return _refused.Count;
            }
        }
    }

    /// <summary>Ends the runner of a target. Nothing of it is recorded once this has returned, and its series are gone.</summary>
    /// <returns>False when no runner has this key.</returns>
    public bool Remove(TargetKey key)
    {
        lock (_changing)
        {
            var runs = RemoveNeedsLock(key);
            Report();
            return runs;
        }
    }

    /// <summary>
    /// Makes these the targets that are probed. Those whose config is what it was go on undisturbed; changed ones get another connection
    /// and keep state, counters and history; the series of removed ones are gone. Those for which there was no memory are tried again. What
    /// cannot be done for one target, which takes a bug, is done for all others, and thrown in the end.
    /// </summary>
    /// <returns>What changed. Targets for which there is no memory are not in it.</returns>
    public TargetDiff Apply(IReadOnlyCollection<TargetConfig> configs)
    {
        TargetDiff diff;
        var failures = new Failures();
        lock (_changing)
        {
            var before = _refused.ToHashSet();
            _refused.Clear(); // there may be memory for them now
            diff = TargetDiff.Of(ToArray().ToDictionary(runner => runner.Target.Key, runner => runner.Config), configs);
            foreach (var key in diff.Removed)
            {
                RemoveNeedsLock(key);
            }

            var spread = StartPace.SpreadOf(diff.Changed.Length);
            foreach (var changed in diff.Changed)
            {
                failures.Try(() => ReplaceNeedsLock(changed, spread));
            }

            AddNeedsLock(diff.Added, before, failures);
            diff = _refused.Count == 0 ? diff : diff with { Added = diff.Added.RemoveAll(config => _refused.Contains(TargetKey.Of(config))) };
        }

        failures.Throw();
        return diff;
    }

    /// <summary>All of them at this moment.</summary>
    public TargetRunner[] ToArray()
    {
        lock (_lock)
        {
            return [.. _runners.Values];
        }
    }

    // Those that were refused before need not be said again.
    private void AddNeedsLock(IReadOnlyCollection<TargetConfig> configs, HashSet<TargetKey> said, Failures failures)
    {
        memory?.BeginTargets(growing: ToArray().Count(runner => runner.Target.State == TargetState.Unknown));
        var spread = StartPace.SpreadOf(configs.Count);
        var refused = new List<TargetKey>();
        foreach (var config in configs)
        {
            failures.Try(() =>
            {
                if (!TryAddNeedsLock(config, spread))
                {
                    refused.Add(TargetKey.Of(config));
                }
            });
        }

        _refused.UnionWith(refused);
        Report();
        if (!refused.TrueForAll(said.Contains))
        {
            var names = string.Join(", ", refused.Take(NamesShown));
            Log.Refused(logger, refused.Count, configs.Count, memory!.Limit, refused.Count > NamesShown ? $"{names}, and more" : names);
        }
    }

    // False when there is no memory for it.
    private bool TryAddNeedsLock(TargetConfig config, TimeSpan spread)
    {
        var key = TargetKey.Of(config);
        if (TryGet(key, out _))
        {
            throw new ArgumentException($"{key} runs already", nameof(config));
        }

        if (memory is null)
        {
            Begin(config, spread);
            return true;
        }

        try
        {
            if (memory.HasRoom())
            {
                Begin(config, spread);
                return true;
            }
        }
        catch (OutOfMemoryException)
        {
            memory.Exhausted();
        }

        return false;
    }

    private bool RemoveNeedsLock(TargetKey key)
    {
        _refused.Remove(key);
        if (!TryGet(key, out var runner))
        {
            return false;
        }

        Take(key);
        runner.Dispose();
        targets.Remove(key);
        return true;
    }

    private void ReplaceNeedsLock(TargetConfig config, TimeSpan spread)
    {
        if (!TryGet(TargetKey.Of(config), out var old))
        {
            return;
        }

        // The prober first: if it cannot be made, everything stays as it was.
        var prober = createProber(config, old.Target);
        old.Stop();
        var runner = new TargetRunner(targets.Set(config), prober, _origin, context);
        Put(runner);
        runner.Start(spread);
        old.Dispose();
    }

    // Whatever fails, nothing of it is left.
    private void Begin(TargetConfig config, TimeSpan spread)
    {
        var isKnown = targets.TryGet(TargetKey.Of(config), out _);
        var target = targets.Set(config);
        IProber? prober = null;
        TargetRunner? runner = null;
        try
        {
            prober = createProber(config, target);
            runner = new TargetRunner(target, prober, _origin, context);
            Put(runner);
            runner.Start(spread);
        }
        catch
        {
            Take(target.Key);
            IDisposable? owner = runner is null ? prober : runner;
            owner?.Dispose();
            if (!isKnown)
            {
                targets.Remove(target.Key); // one that was there before keeps its state and counters
            }

            throw;
        }
    }

    private bool TryGet(TargetKey key, [NotNullWhen(true)] out TargetRunner? runner)
    {
        lock (_lock)
        {
            return _runners.TryGetValue(key, out runner);
        }
    }

    private void Put(TargetRunner runner)
    {
        lock (_lock)
        {
            _runners[runner.Target.Key] = runner;
        }
    }

    private void Take(TargetKey key)
    {
        lock (_lock)
        {
            _runners.Remove(key);
        }
    }

    private void Report()
    {
        lock (_lock)
        {
            context.Self.SetTargets(_runners.Count);
        }

        context.Self.SetRefused(_refused.Count);
    }

    private static partial class Log
    {
        [LoggerMessage(
            5,
            LogLevel.Error,
            "targets are not probed, because there is not enough memory for all: raise the limit (DOTNET_GCHeapHardLimit, or the container's or unit's), or probe fewer with one exporter")]
        public static partial void Refused(ILogger logger, int refused, int targets, long limitBytes, string names);
    }
}
