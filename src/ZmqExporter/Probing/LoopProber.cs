using System.Text;
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
    private readonly byte[] _name; // of our topic or service, which nobody else has
    private int _foreign; // since the last probe
    private (Timestamp Sender, Timestamp Receiver) _warm; // the connections that have let a message through

    public LoopProber(TargetConfig target, LinkOptions options, IMessageClient client, TimeProvider time, IProbeObserver observer)
    {
        _config = (LoopProberConfig)target.Module.Prober;
        _module = target.Module;
        _observer = observer;
        _time = time;
        _name = Encoding.UTF8.GetBytes(_config.Prefix + ProbeToken.Next());
        var isBroker = !_config.HasReturnEndpoint;
        _sender = new LoopSide(isBroker ? $"the broker's side of our client, {target.Endpoint}" : $"the sending side, {target.Endpoint}", time, _module.MaxConnectionAge, observer, OnUnawaited);
        _receiver = new LoopSide(isBroker ? $"the broker's side of our worker, {target.Endpoint}" : $"the receiving side, {target.ReturnEndpoint}", time, _module.MaxConnectionAge, observer, OnUnawaited);
        var topics = _config.Path == LoopPath.PubSub ? options with { Topics = [[.. _name]] } : options;
        _sender.Create(client, topics);
        _receiver.Create(client, LinkSetup.ReturnOptionsFor(target) with { Topics = topics.Topics, MayConnect = options.MayConnect });
    }

    /// <inheritdoc />
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        using var stop = stopping.UnsafeRegister(static prober => ((LoopProber)prober!).Dispose(), this);
        var clock = new ProbeClock(_time, _module.Timeout, _module.Policy.LateAfter);
        var run = new LoopRun(_config, _sender, _receiver, clock, _observer) { Foreign = Interlocked.Exchange(ref _foreign, 0) };
        _sender.Begin();
        _receiver.Begin();
        var end = await OpenAsync(clock) ? await RunAsync(run) : LoopEnd.Lost;
        var result = new LoopVerdict(run, _module.Policy.LateAfter).Of(end);
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
            LoopPath.PubSub => new OneWayLoop(run, _name) { IsWarm = isWarm },
            LoopPath.PushPull => new OneWayLoop(run, []) { IsWarm = isWarm },
            _ => null,
        };
        var roundTrip = _config.Path switch
        {
            LoopPath.Majordomo => new RoundTripLoop(run, new MajordomoDialog(_config.Majordomo, _name)),
            LoopPath.Queue => new RoundTripLoop(run, new QueueDialog()),
            _ => null,
        };
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
            _receiver.Link.Send(new MajordomoDialog(_config.Majordomo, _name).Leave);
        }
    }

    private void End(LoopSide side, ProbeResult result)
    {
        side.Note(result);
        var isOneTime = side == _receiver && _config.Path == LoopPath.Majordomo;
        side.Link.EndProbe(side.Error is not null || side.IsMute ? AfterProbe.Abort : isOneTime ? AfterProbe.Close : AfterProbe.Keep);
    }

    // Any thread. What comes now is of a probe that has ended, or of somebody else.
    private void OnUnawaited(ZmtpMessage message)
    {
        if (Enumerable.Range(0, message.FrameCount).Any(i => LoopPayload.TryRead(message[i], _config.Size, out var piece) && piece.Kind == LoopKind.Message))
        {
            _observer.OnStaleReply();
        }
        else if (_config.Path is LoopPath.PushPull or LoopPath.Queue
            && !Enumerable.Range(0, message.FrameCount).Any(i => LoopPayload.TryRead(message[i], _config.Size, out _)))
        {
            Interlocked.Increment(ref _foreign);
        }
    }
}
