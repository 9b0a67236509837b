using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;
using Zmtp;

namespace ZmqExporter.Cli;

/// <summary>What the probes of one command line share.</summary>
internal sealed class ProbeSession : IDisposable
{
    private readonly ImmutableArray<TargetConfig> _targets;
    private readonly ConversationDetail _detail;
    private readonly TimerQueue _timers = new(TimeProvider.System);
    private readonly NetMqClient _netMq;
    private readonly ProberFactory _probers;

    /// <param name="targets">All that will be probed.</param>
    /// <param name="detail">How much of their messages is shown.</param>
    public ProbeSession(ImmutableArray<TargetConfig> targets, ConversationDetail detail)
    {
        (_targets, _detail) = (targets, detail);
        var context = new ZmtpContext(_timers, new NameResolver());
        var client = new ZmtpClient(context);
        var worker = new WorkerSettings(NullLogger.Instance);
        _netMq = new NetMqClient(client, context, worker);
        _probers = new ProberFactory(client, TimeProvider.System, _netMq);
    }

    /// <summary>Has .NET compile what the probes run, so that they do not measure that.</summary>
    public Task WarmUpAsync(CancellationToken cancellation) => Warmup.RunAsync(_probers, _targets, cancellation);

    /// <summary>A probe of a target, which the caller disposes.</summary>
    public OneShotProbe Create(TargetConfig target) => new(_probers, target, detail: _detail);

    /// <inheritdoc />
    public void Dispose()
    {
        _netMq.Dispose();
        _timers.Dispose();
    }
}
