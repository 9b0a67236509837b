using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary><c>prober: loop</c>: sends at one side of a proxy or broker, and looks at what comes out at the other.</summary>
internal sealed class LoopProber : IProber
{
    private readonly LoopProberConfig _config;
    private readonly ModuleConfig _module;
    private readonly IProbeObserver _observer;
    private readonly TimeProvider _time;
    private readonly LoopSide _sender;
    private readonly LoopSide _receiver;
    private LoopName _name; // of our topic or service, which nobody else has
    private bool _isRegistered; // as a worker, by a probe that did not come to leave
    private bool _hasWaited; // the last probe left its verdict to the next one
    private volatile LoopRun? _run;
    private int _unread; // of the probe that runs
    private int _foreign; // since the last probe
    private int _ofOthers;
    private (Timestamp Sender, Timestamp Receiver) _warm; // the connections that have let a message through

    public LoopProber(TargetConfig target, LinkOptions options, IMessageClient client, TimeProvider time, IProbeObserver observer)
    {
        _config = (LoopProberConfig)target.Module.Prober;
        _module = target.Module;
        _observer = observer;
        _time = time;
        _name = LoopName.Take();
        var isBroker = !_config.HasReturnEndpoint;
        _sender = new LoopSide(isBroker ? $"the broker's side of our client, {target.Endpoint}" : $"the sending side, {target.Endpoint}", time, _module.MaxConnectionAge, observer, OnUnawaited);
        _receiver = new LoopSide(isBroker ? $"the broker's side of our worker, {target.Endpoint}" : $"the receiving side, {target.ReturnEndpoint}", time, _module.MaxConnectionAge, observer, OnUnawaited);
        var topics = _config.Path == LoopPath.PubSub ? options with { Topics = [[.. Name]] } : options;
        _sender.Create(client, topics);
        _receiver.Create(client, LinkSetup.ReturnOptionsFor(target) with { Topics = topics.Topics, MayConnect = options.MayConnect });
    }

    /// <summary>What our topic or service is called.</summary>
    internal string ServiceName => System.Text.Encoding.UTF8.GetString(Name);

    private byte[] Name => _name.Bytes(_config.Prefix);

    /// <inheritdoc />
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        using var stop = stopping.UnsafeRegister(static prober => ((LoopProber)prober!).Dispose(), this);
        var clock = new ProbeClock(_time, _module.Timeout, _module.Policy.LateAfter);
        var run = new LoopRun(_config, _sender, _receiver, clock, _observer)
        {
            Foreign = Interlocked.Exchange(ref _foreign, 0),
            OfOthers = Interlocked.Exchange(ref _ofOthers, 0),
        };
        _name = _isRegistered ? LoopName.Take() : _name; // a broker may give requests of the old name to the worker that is gone
        _isRegistered = false;
        _unread = 0;
        _run = run;
        _sender.Begin();
        _receiver.Begin();
        var end = await OpenAsync(clock) ? await RunAsync(run) : LoopEnd.Lost;
        _run = null;
        run.Unread = Volatile.Read(ref _unread);
        var result = new LoopVerdict(run, _module.Policy.LateAfter, mayWait: !_hasWaited).Of(end);
        _hasWaited = result.Outcome == ProbeOutcome.Pending;
        _warm = run.Ledger.HasAny ? (_sender.Link.OpenedAt, _receiver.Link.OpenedAt) : default;
        End(_sender, result);
        End(_receiver, result);
        return result;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
        if (_run is null && !_isRegistered)
        {
            _name.Return();
        }
    }

    // Both at once: what is wrong with one side says nothing of the other.
    private async ValueTask<bool> OpenAsync(ProbeClock clock)
    {
        var receiving = _receiver.OpenAsync(clock);
        await _sender.OpenAsync(clock);
        await receiving;
        clock.AddOwnDelay(TimeSpan.Max(_sender.OwnDelay, _receiver.OwnDelay));
        return _sender.Error is null && _receiver.Error is null;
    }

    private async ValueTask<LoopEnd> RunAsync(LoopRun run)
    {
        var isWarm = _warm.Sender.IsSet && _warm == (_sender.Link.OpenedAt, _receiver.Link.OpenedAt);
        var oneWay = _config.Path switch
        {
            LoopPath.PubSub => new OneWayLoop(run, Name) { IsWarm = isWarm },
            LoopPath.PushPull => new OneWayLoop(run, []) { IsWarm = isWarm },
            _ => null,
        };
        var roundTrip = _config.Path switch
        {
            LoopPath.Majordomo => new RoundTripLoop(run, new MajordomoDialog(_config.Majordomo, Name)),
            LoopPath.Queue => new RoundTripLoop(run, new QueueDialog()),
            _ => null,
        };
        _isRegistered = _config.Path == LoopPath.Majordomo;
        for (var hasReopened = false; ;)
        {
            var end = oneWay is not null ? await oneWay.RunAsync() : await roundTrip!.RunAsync();
            if (end == LoopEnd.Lost && !hasReopened && MayReopen(run.Clock) is { } side)
            {
                hasReopened = true;
                await side.ReopenAsync(run.Clock);
                if (side.Error is not null)
                {
                    return LoopEnd.Lost;
                }
            }
            else if (end != LoopEnd.Renewed)
            {
                Leave();
                return end;
            }

            run.BeginAgain();
            if (oneWay is not null)
            {
                oneWay.IsWarm = false;
            }
        }
    }

    // A kept connection that ends when it is used may have been forgotten by what stands between: a fresh one tells.
    private LoopSide? MayReopen(ProbeClock clock) =>
        clock.Deadline - clock.Now < clock.Timeout / 4 ? null
        : _sender is { Error: not null, Sign.IsKept: true } && _receiver.Error is null ? _sender
        : _receiver is { Error: not null, Sign.IsKept: true } && _sender.Error is null ? _receiver
        : null;

    private void Leave()
    {
        if (_config.Path == LoopPath.Majordomo && _receiver.Error is null)
        {
            _receiver.Link.Send(new MajordomoDialog(_config.Majordomo, Name).Leave);
            _isRegistered = false;
        }
    }

    private void End(LoopSide side, ProbeResult result)
    {
        side.Note(result);
        var isOneTime = side == _receiver && _config.Path == LoopPath.Majordomo;
        side.Link.EndProbe(side.Error is not null || side.IsMute ? AfterProbe.Abort : isOneTime ? AfterProbe.Close : AfterProbe.Keep);
    }

    // Any thread. What comes now is of a probe that has ended, or of somebody else, or more than the one that runs came to read.
    private void OnUnawaited(ZmtpMessage message)
    {
        for (var i = 0; i < message.FrameCount; i++)
        {
            if (!LoopPayload.TryRead(message[i], _config.Size, out var piece))
            {
                continue;
            }

            if (piece.Kind == LoopKind.Message && piece.Token == _run?.Ledger.Token)
            {
                Interlocked.Increment(ref _unread);
            }
            else if (piece.Kind == LoopKind.Message)
            {
                _observer.OnStaleReply();
            }

            return;
        }

        if (_config.Path is LoopPath.PushPull or LoopPath.Queue)
        {
            Interlocked.Increment(ref Enumerable.Range(0, message.FrameCount).Any(i => LoopPayload.IsOfAny(message[i])) ? ref _ofOthers : ref _foreign);
        }
    }
}
