using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.Zmtp;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>The implementations of <see cref="IMessageClient"/>.</summary>
public enum ClientKind
{
    /// <summary>Our own.</summary>
    Zmtp,

    /// <summary>Sockets of NetMQ.</summary>
    NetMq,
}

/// <summary>What a client can do that another one cannot. Each is asserted both ways: a client that learns it must say so here.</summary>
/// <param name="SeesHandshake">It knows how far ZMTP got: greeting, READY, what the peer said of itself. Otherwise it judges TCP alone.</param>
/// <param name="PingsItself">It asks the peer with a PING on its connection, which not every peer knows; otherwise with a handshake elsewhere, which all do.</param>
internal sealed record ClientTraits(bool SeesHandshake, bool PingsItself);

/// <summary>A client with everything that it needs, and configs for its links.</summary>
internal sealed class ClientUnderTest : IDisposable
{
    // One for all tests, for as long as the process lives: NetMQ's context belongs to the process, and so does what watches over it.
    private static readonly Lazy<NetMqClient> SharedNetMq = new(StartNetMq);

    private readonly List<IDisposable> _things = [];
    private readonly ClientKind _kind;

    public ClientUnderTest(ClientKind kind)
    {
        _kind = kind;
        (Client, Traits) = kind switch
        {
            ClientKind.Zmtp => ((IMessageClient)StartZmtp(), new ClientTraits(SeesHandshake: true, PingsItself: true)),
            ClientKind.NetMq => ((IMessageClient)SharedNetMq.Value, new ClientTraits(SeesHandshake: false, PingsItself: false)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    public IMessageClient Client { get; }

    public ClientTraits Traits { get; }

    /// <summary>After which its links renew a connection that they keep.</summary>
    public TimeSpan MaxConnectionAge { get; init; } = ModuleConfig.DefaultMaxConnectionAge;

    /// <summary>The timestamp so far from now, on the clock that every client uses.</summary>
    public static Timestamp After(TimeSpan time) => Timestamp.Now(TimeProvider.System) + time;

    /// <summary>A link of this client, which ends with this.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="socketType">Our side of the pattern.</param>
    /// <param name="reconnects">As the client is told.</param>
    /// <param name="security">NULL without it.</param>
    /// <param name="prober">Who asks: one of handshakes without it, which spares servers that give their messages to anybody.</param>
    public LinkUnderTest Link(string endpoint, SocketType socketType, bool reconnects = true, SecurityConfig? security = null, ProberConfig? prober = null)
    {
        var observer = new RecordingObserver();
        return Own(new LinkUnderTest(Client.CreateLink(Target(endpoint, security, prober), socketType, reconnects, observer), observer));
    }

    /// <summary>A subscription of this client, which ends with this.</summary>
    public LinkUnderTest Subscription(string endpoint, SecurityConfig? security, params ReadOnlySpan<string> topics)
    {
        var observer = new RecordingObserver();
        var prefixes = topics.ToArray().Select(topic => ImmutableArray.Create(System.Text.Encoding.UTF8.GetBytes(topic))).ToImmutableArray();
        return Own(new LinkUnderTest(Client.CreateSubscription(Target(endpoint, security), prefixes, observer), observer));
    }

    public void Dispose()
    {
        for (var i = _things.Count - 1; i >= 0; i--)
        {
            _things[i].Dispose(); // links before what they stand on
        }
    }

    private static NetMqClient StartNetMq()
    {
        var context = new ZmtpContext(new TimerQueue(TimeProvider.System), new NameResolver());
        return new NetMqClient(new ZmtpClient(context), context, targets: 1000, new NetMqEvents(NullLogger.Instance));
    }

    private ZmtpClient StartZmtp()
    {
        var timers = Own(new TimerQueue(TimeProvider.System));
        return new ZmtpClient(new ZmtpContext(timers, new NameResolver()));
    }

    private TargetConfig Target(string endpoint, SecurityConfig? security, ProberConfig? prober = null)
    {
        if (!ZmtpEndpoint.TryParse(endpoint, out var parsed, out var error))
        {
            throw new ArgumentException(error, nameof(endpoint));
        }

        var client = _kind == ClientKind.Zmtp ? MessagingClient.Zmtp : MessagingClient.NetMq;
        var module = new ModuleConfig(
            "test",
            TimeSpan.FromHours(1), // no probe comes that would make a connection again
            Eventually.Deadline,
            client,
            new PolicyConfig(),
            security ?? new SecurityConfig.Null(),
            prober ?? new HandshakeProberConfig(SocketType.Dealer))
        {
            MaxConnectionAge = MaxConnectionAge,
        };
        return new TargetConfig("server", parsed, module, ImmutableSortedDictionary<string, string>.Empty);
    }

    private T Own<T>(T thing)
        where T : IDisposable
    {
        _things.Add(thing);
        return thing;
    }
}
