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
/// <param name="memory">Has that of its memory.</param>
/// <param name="buffers">What messages that are still coming may take of it.</param>
/// <param name="logger">Hears when one is too low.</param>
internal sealed partial class TargetNeeds(DescriptorGuard descriptors, MemoryGuard memory, BufferBudget buffers, ILogger<TargetNeeds> logger)
{
    private string? _problem; // of the last time, so that it is logged once
    private int _tooLarge; // of the last time
    private Func<int, int>? _onDemand;

    /// <summary>What <c>/probe</c> may do now; counts from the next <see cref="Expect"/> on.</summary>
    public void Use(ProbeEndpointConfig config) => _onDemand = ProcessLimits.OnDemandOf(config);

    /// <summary>The first targets, before anything is probed.</summary>
    public void Prepare(IReadOnlyCollection<TargetConfig> targets)
    {
        CheckNetMq(targets);
        UseMemory(targets);
    }

    /// <summary>The process holds what it is going to hold.</summary>
    public void Begin(IReadOnlyCollection<TargetConfig> targets) => descriptors.Begin(targets.Count, DescriptorNeeds.Of(targets), _onDemand);

    /// <summary>The targets are these from now on.</summary>
    public void Expect(IReadOnlyCollection<TargetConfig> targets)
    {
        descriptors.Expect(targets.Count, DescriptorNeeds.Of(targets), _onDemand);
        CheckNetMq(targets);
        UseMemory(targets);
    }

    private void UseMemory(IReadOnlyCollection<TargetConfig> targets)
    {
        var largest = targets.Select(target => target.Module.Prober).OfType<RequestProberConfig>().Select(prober => prober.MaxReply).DefaultIfEmpty().Max();
        buffers.Limit = memory.ForMessagesOf(largest);

        // A message is held twice while it is handed over.
        var holds = buffers.Limit / 2;
        if (largest > holds && largest != _tooLarge)
        {
            Log.TooLittleMemory(logger, ByteSizes.Show(largest), holds >> 20);
        }

        _tooLarge = largest > holds ? largest : 0;
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

        [LoggerMessage(Level = LogLevel.Warning, Message = "max_reply allows more than this process has memory for: a larger reply is a local_error; raise its memory limit, or lower max_reply")]
        public static partial void TooLittleMemory(ILogger logger, string maxReply, long mebibytes);
    }
}
