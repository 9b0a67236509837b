using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>A client whose one subscription does what a test says, on a clock that moves when somebody waits.</summary>
internal sealed class FakeSubscription(FakeTimeProvider time) : IMessageClient, ISubscriptionLink
{
    private ISubscriptionObserver? _observer;

    /// <summary>Why there is no connection, or null.</summary>
    public ZmtpError? Error { get; set; }

    /// <summary>Whether the peer has to answer a PING.</summary>
    public bool CanPing { get; set; } = true;

    /// <summary>Whether it does.</summary>
    public bool AnswersPing { get; set; } = true;

    /// <summary>What comes during the next wait instead of its end.</summary>
    public Action? DuringWait { get; set; }

    public List<AfterProbe> Ends { get; } = [];

    public int Pings { get; private set; }

    public ImmutableArray<ImmutableArray<byte>> Topics { get; private set; }

    public PeerInfo? Peer => null;

    public bool HasGreeted => false;

    public ConnectionTimings Timings => default;

    private bool IsConnected { get; set; }

    private bool HasPong { get; set; }

    public IMessageLink CreateLink(TargetConfig target, SocketType socketType, bool reconnects, ILinkObserver observer) =>
        throw new NotSupportedException();

    public ISubscriptionLink CreateSubscription(TargetConfig target, ImmutableArray<ImmutableArray<byte>> topics, ISubscriptionObserver observer)
    {
        _observer = observer;
        Topics = topics;
        return this;
    }

    public void Connect()
    {
        IsConnected = true;
        _observer!.OnSubscribed(time.GetTimestamp());
    }

    public void Lose(ZmtpError error)
    {
        IsConnected = false;
        Error = error;
    }

    public void Publish(params ReadOnlySpan<string> frames)
    {
        for (var i = 0; i < frames.Length; i++)
        {
            _observer!.OnFrame(i, System.Text.Encoding.UTF8.GetBytes(frames[i]), frames[i].Length, i == frames.Length - 1);
        }

        _observer!.OnFramesRead(time.GetTimestamp());
    }

    public ValueTask<LinkOutcome> OpenAsync(long deadline)
    {
        if (Error is not null)
        {
            return ValueTask.FromResult(new LinkOutcome(LinkOutcomeKind.Failed, time.GetTimestamp(), Error: Error));
        }

        if (!IsConnected)
        {
            Connect();
        }

        return ValueTask.FromResult(new LinkOutcome(LinkOutcomeKind.Opened, time.GetTimestamp()));
    }

    public bool SendPing()
    {
        Pings++;
        HasPong = AnswersPing;
        return CanPing;
    }

    public ValueTask<LinkOutcome> ReceiveAsync(long until)
    {
        if (HasPong)
        {
            HasPong = false;
            return ValueTask.FromResult(new LinkOutcome(LinkOutcomeKind.Pong, time.GetTimestamp() + 1));
        }

        if (DuringWait is { } event_)
        {
            DuringWait = null;
            event_();
            return ValueTask.FromResult(Error is null
                ? new LinkOutcome(LinkOutcomeKind.Message, time.GetTimestamp())
                : new LinkOutcome(LinkOutcomeKind.Failed, time.GetTimestamp(), Error: Error));
        }

        time.Advance(TimeSpan.FromTicks(Math.Max(0, until - time.GetTimestamp())));
        return ValueTask.FromResult(new LinkOutcome(LinkOutcomeKind.TimedOut, time.GetTimestamp()));
    }

    public void Send(ZmtpMessage message) => throw new NotSupportedException();

    public void EndProbe(AfterProbe next)
    {
        Ends.Add(next);
        IsConnected &= next == AfterProbe.Keep;
    }

    public void Dispose()
    {
    }
}
