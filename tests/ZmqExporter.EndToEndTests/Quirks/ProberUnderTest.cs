using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Quirks;

/// <summary>A prober of the exporter in this process, with what its results make of the target's state.</summary>
internal sealed class ProberUnderTest : IProbeObserver, IDisposable
{
    private readonly TimerQueue _timers = new(TimeProvider.System);
    private readonly PolicyConfig _policy;
    private readonly IProber _prober;
    private readonly List<ConnectionEvent> _events = [];
    private PolicyState _state;

    /// <summary>Makes it; nothing is probed yet.</summary>
    /// <param name="endpoint">The target's.</param>
    /// <param name="prober">What to do.</param>
    /// <param name="timeout">The hard deadline.</param>
    /// <param name="lateAfter">The soft one.</param>
    /// <param name="security">NULL when there is none.</param>
    public ProberUnderTest(ZmtpEndpoint endpoint, ProberConfig prober, TimeSpan timeout, TimeSpan lateAfter, SecurityConfig? security = null)
    {
        _policy = new PolicyConfig { LateAfter = lateAfter };
        var module = new ModuleConfig("quirk", timeout, timeout, MessagingClient.Zmtp, _policy, security ?? new SecurityConfig.Null(), prober);
        var target = new TargetConfig("server", endpoint, module, ImmutableSortedDictionary<string, string>.Empty);
        _prober = new ProberFactory(new ZmtpClient(new ZmtpContext(_timers, new NameResolver())), TimeProvider.System).Create(target, this);
    }

    /// <summary>The target's state after all of them.</summary>
    public TargetState State => _state.State;

    /// <summary>How many probes were made, those that a stall of this machine ended among them.</summary>
    public int Attempts { get; private set; }

    /// <summary>Probes once. A machine that stalls says so, and is asked again.</summary>
    public async Task<ProbeResult> ProbeAsync()
    {
        while (true)
        {
            Attempts++;
            var result = await _prober.ProbeAsync(TestContext.Current.CancellationToken);
            if (result.Outcome != ProbeOutcome.LocalError)
            {
                _state = FailurePolicy.Apply(_policy, _state, result.Outcome);
                return result;
            }
        }
    }

    /// <summary>Waits until something has happened to a connection this many times.</summary>
    public Task<ProberUnderTest> HasSeenAsync(ConnectionEvent connectionEvent, int count) =>
        Eventually.GetAsync(() => Task.FromResult(Count(connectionEvent) >= count ? this : null), Eventually.Deadline, () => $"{connectionEvent} did not come {count} times");

    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        lock (_events)
        {
            _events.Add(connectionEvent);
        }
    }

    public void OnStaleReply()
    {
    }

    public void Dispose()
    {
        _prober.Dispose();
        _timers.Dispose();
    }

    private int Count(ConnectionEvent connectionEvent)
    {
        lock (_events)
        {
            return _events.Count(seen => seen == connectionEvent);
        }
    }
}
