using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Limits;
using ZmqExporter.Messaging.NetMq;

namespace ZmqExporter;

/// <summary>
/// Notifies everybody who has a limit of the targets that are really there: those of the config and of its sources, as they are now. One caller
/// at a time.
/// </summary>
/// <param name="descriptors">Has the limit of this process' files.</param>
/// <param name="logger">Hears when one is too low.</param>
internal sealed partial class TargetNeeds(DescriptorGuard descriptors, ILogger<TargetNeeds> logger)
{
    private string? _problem; // of the last time, so that it is logged once
    private Func<int, int>? _onDemand;

    /// <summary>What <c>/probe</c> may do now; counts from the next <see cref="Expect"/> on.</summary>
    public void Use(ProbeEndpointConfig config) => _onDemand = ProcessLimits.OnDemandOf(config);

    /// <summary>The first targets, before anything is probed.</summary>
    public void Prepare(IReadOnlyCollection<TargetConfig> targets) => CheckNetMq(targets);

    /// <summary>The process holds what it is going to hold.</summary>
    public void Begin(IReadOnlyCollection<TargetConfig> targets) => descriptors.Begin(targets.Count, DescriptorNeeds.Of(targets), _onDemand);

    /// <summary>The targets are these from now on.</summary>
    public void Expect(IReadOnlyCollection<TargetConfig> targets)
    {
        descriptors.Expect(targets.Count, DescriptorNeeds.Of(targets), _onDemand);
        CheckNetMq(targets);
    }

    private void CheckNetMq(IReadOnlyCollection<TargetConfig> targets)
    {
        var limit = OpenFileLimit.Read();
        var problem = ProcessLimits.ProblemOfNetMq(targets, limit, ProcessLimits.OthersOf(_onDemand));
        if (problem is not null && problem != _problem)
        {
            Log.TooFew(logger, problem);
        }

        _problem = problem;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "the limit of open files is too low for the targets with client: netmq: some will be unknown")]
        public static partial void TooFew(ILogger logger, string problem);
    }
}
