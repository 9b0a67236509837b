using System.Collections.Immutable;
using System.Diagnostics;
using ZmqExporter.Configuration;
using Zmtp.Security;

namespace ZmqExporter.EndToEndTests.Quirks;

/// <summary>When an application answers, or a publisher publishes.</summary>
internal enum Answering
{
    /// <summary>At once.</summary>
    AtOnce,

    /// <summary>Later than is good.</summary>
    Late,

    /// <summary>At once the first time, and from then on so late that the probe has asked for a sign of life and had time to conclude something.</summary>
    MuchLater,

    /// <summary>Never: it hangs.</summary>
    Never,
}

/// <summary>
/// A server on one of the libraries, over any mechanism, with the application behind it: REP and ROUTER send back what they get, PUB and
/// XPUB publish to those who have subscribed. It keeps what its application saw, and the commands that its library got.
/// </summary>
internal sealed class QuirkServer : IDisposable
{
    // An address of its own: other tests' exporters go on to ask ports of 127.0.0.1 whose servers have ended.
    private static readonly System.Net.IPAddress OwnAddress = System.Net.IPAddress.Parse("127.0.0.7");

    /// <summary>How late <see cref="Answering.Late"/> is.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(300);

    /// <summary>How late <see cref="Answering.MuchLater"/> is.</summary>
    public static readonly TimeSpan MuchLateness = TimeSpan.FromMilliseconds(1800);

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);
    private static readonly byte[] LongContext = [.. Enumerable.Range(0, 20).Select(i => (byte)i)];

    private readonly Library _library;
    private readonly string _socketType;
    private readonly string _mechanism;
    private readonly Answering _answering;
    private readonly CurveKeyPair _keys = CurveKeyPair.Generate();
    private readonly ScriptedServer _server;
    private readonly List<string> _seen = [];
    private readonly List<string> _commands = [];
    private int _requests;

    public QuirkServer(Library library, string socketType, string mechanism, Answering answering)
    {
        (_library, _socketType, _mechanism, _answering) = (library, socketType, mechanism, answering);
        _server = new ScriptedServer(Serve, new System.Net.IPEndPoint(OwnAddress, 0));
    }

    /// <summary>The messages that its application saw, frames apart by a bar; subscriptions as "subscribe TOPIC", a command that it was given as "command NAME".</summary>
    public ImmutableArray<string> Seen => Copy(_seen);

    /// <summary>The commands that its library got after the handshake: the name, and what follows it in hexadecimal digits.</summary>
    public ImmutableArray<string> Commands => Copy(_commands);

    /// <summary>What its script found wrong.</summary>
    public IReadOnlyList<Exception> Failures => _server.Failures;

    /// <summary>A prober of it, with the credentials that it takes.</summary>
    public ProberUnderTest Prober(ProberConfig prober, TimeSpan timeout, TimeSpan lateAfter)
    {
        SecurityConfig security = _mechanism switch
        {
            "NULL" => new SecurityConfig.Null(),
            "PLAIN" => new SecurityConfig.Plain("probe", new Secret("password")),
            _ => new SecurityConfig.Curve(_keys.PublicKey, CurveKeyPair.Generate()),
        };
        return new ProberUnderTest(_server.Endpoint, prober, timeout, lateAfter, security);
    }

    public void Dispose() => _server.Dispose();

    private ImmutableArray<string> Copy(List<string> list)
    {
        lock (_seen)
        {
            return [.. list];
        }
    }

    private void Add(List<string> list, string entry)
    {
        lock (_seen)
        {
            list.Add(entry);
        }
    }

    private void Serve(ScriptedPeer peer)
    {
        var channel = PeerChannel.Open(peer, _library, _socketType, _mechanism, _keys);
        if (_library.Pings)
        {
            channel.SendCommand("PING");
            channel.SendCommand("PING", [0, 0, .. LongContext]);
        }

        var work = new Work();
        while (true)
        {
            if (!channel.Wait(work.Left))
            {
                channel.SendMessage(work.Answer);
                work = _socketType is "PUB" or "XPUB" ? work with { Due = Stopwatch.GetTimestamp() + Ticks(Period) } : new Work();
                continue;
            }

            var frame = channel.Receive();
            if (!frame.IsCommand)
            {
                work = work with { Frames = work.Frames.Add(frame.Text) };
                work = frame.IsMore ? work : OnMessage(work);
            }
            else if (frame.Name == "SUBSCRIBE" && _library.KnowsSubscribe)
            {
                Add(_commands, "SUBSCRIBE");
                work = OnSubscribed(System.Text.Encoding.Latin1.GetString(frame.Data), work);
            }
            else if (!OnCommand(channel, frame))
            {
                return;
            }
        }
    }

    private bool OnCommand(PeerChannel channel, PeerFrame frame)
    {
        Add(_commands, $"{frame.Name} {Convert.ToHexString(frame.Data)}");
        if (frame.Name == "PONG" && _library.Pings)
        {
            return true;
        }

        if (_library.Commands is CommandHandling.GivesToApplication or CommandHandling.AnswersAndGivesToApplication)
        {
            Add(_seen, $"command {frame.Name}");
        }

        if (frame.Name == "PING" && _library.Commands is not (CommandHandling.GivesToApplication or CommandHandling.Closes or CommandHandling.Ignores))
        {
            channel.SendCommand("PONG", _library.Commands == CommandHandling.Answers ? frame.Data.AsSpan(2) : []);
        }

        return _library.Commands != CommandHandling.Closes;
    }

    private Work OnMessage(Work work)
    {
        var message = work.Frames;
        work = work with { Frames = [] };
        if (_socketType is "PUB" or "XPUB" && message is [['\x01', .. var topic]])
        {
            return _library is { IgnoresSubscribeMessage: true, KnowsSubscribe: true } ? work : OnSubscribed(topic, work);
        }

        Add(_seen, string.Join('|', message));
        return _answering == Answering.Never || _socketType is not ("REP" or "ROUTER")
            ? work
            : work with { Answer = message, Due = Stopwatch.GetTimestamp() + Ticks(Delay()) };
    }

    private TimeSpan Delay() => _answering switch
    {
        Answering.Late => Lateness,
        Answering.MuchLater when Interlocked.Increment(ref _requests) > 1 => MuchLateness,
        _ => TimeSpan.Zero,
    };

    private Work OnSubscribed(string topic, Work work)
    {
        Add(_seen, $"subscribe {topic}");
        return _answering == Answering.Never ? work : work with { Answer = [$"{topic}.news", "body"], Due = Stopwatch.GetTimestamp() };
    }

    private static long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * Stopwatch.Frequency);

    /// <summary>What has come of a message, and what goes out when.</summary>
    private sealed record Work
    {
        private static readonly TimeSpan Forever = TimeSpan.FromMinutes(10);

        public ImmutableArray<string> Frames { get; init; } = [];

        public ImmutableArray<string> Answer { get; init; } = [];

        public long Due { get; init; }

        public TimeSpan Left => Answer.IsEmpty ? Forever : TimeSpan.FromTicks(Math.Max(0, Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), Due).Ticks));
    }
}
