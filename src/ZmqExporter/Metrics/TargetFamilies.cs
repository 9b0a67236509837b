using System.Collections.Immutable;
using Prometheus;
using ZmqExporter.Configuration;

namespace ZmqExporter.Metrics;

/// <summary>Every family that has series of targets, for one set of custom labels. Thread-safe.</summary>
internal sealed class TargetFamilies
{
    /// <param name="registry">Where they go.</param>
    /// <param name="config">How much is exported.</param>
    /// <param name="labels">Custom label names in their order.</param>
    public TargetFamilies(CollectorRegistry registry, MetricsConfig config, ImmutableArray<string> labels)
    {
        Labels = labels;
        var families = new FamilyFactory(registry, [MetricLabels.Target, MetricLabels.Module, .. labels]);
        Info = new TargetInfoFamilies(families);
        State = new StateFamilies(families, config.Detail);
        Questions = new QuestionFamilies(families);
        Probes = new ProbeFamilies(families, config);
        Failures = new FailureFamilies(families, config.Detail);
        Subscriptions = new SubscriptionFamilies(families, config.Detail);
        if (config.Detail != MetricsDetail.Lean)
        {
            Phases = new PhaseFamilies(families);
            Connections = new ConnectionFamilies(families);
            Peers = new PeerFamilies(families);
        }
    }

    public ImmutableArray<string> Labels { get; }

    public TargetInfoFamilies Info { get; }

    public StateFamilies State { get; }

    public QuestionFamilies Questions { get; }

    public ProbeFamilies Probes { get; }

    public FailureFamilies Failures { get; }

    public SubscriptionFamilies Subscriptions { get; }

    /// <summary>Null with lean detail.</summary>
    public PhaseFamilies? Phases { get; }

    /// <summary>Null with lean detail.</summary>
    public ConnectionFamilies? Connections { get; }

    /// <summary>Null with lean detail.</summary>
    public PeerFamilies? Peers { get; }
}
