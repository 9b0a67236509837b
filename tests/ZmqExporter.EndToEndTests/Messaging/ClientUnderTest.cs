using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.Zmtp;
using Zmtp;
using Zmtp.Security;

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

/// <summary>A client with everything that it needs, and options for its links.</summary>
internal sealed class ClientUnderTest : IDisposable
{
    // One for all tests, for as long as the process lives: so that many links share its workers.
    private static readonly Lazy<NetMqClient> SharedNetMq = new(StartNetMq);

    private readonly List<IDisposable> _things = [];

    public ClientUnderTest(ClientKind kind)
    {
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
    /// <param name="peekOnly">Whether it spares servers that give their messages to anybody.</param>
    public LinkUnderTest Link(string endpoint, SocketType socketType, bool reconnects = true, ZmtpSecurity? security = null, bool peekOnly = true)
    {
        var observer = new RecordingObserver();
        var options = Options(endpoint, socketType, security) with
        {
            PeekOnly = peekOnly,
            Reconnect = reconnects ? new ReconnectOptions { AttemptTimeout = Eventually.Deadline, MaxRetries = 1 } : null,
        };
        return Own(new LinkUnderTest(Client.CreateLink(options, observer), observer));
    }

    /// <summary>A subscription of this client, which ends with this.</summary>
    public LinkUnderTest Subscription(string endpoint, ZmtpSecurity? security, params ReadOnlySpan<string> topics)
    {
        var observer = new RecordingObserver();
        var prefixes = topics.ToArray().Select(topic => ImmutableArray.Create(System.Text.Encoding.UTF8.GetBytes(topic))).ToImmutableArray();
        var options = Options(endpoint, SocketType.Sub, security) with
        {
            Topics = prefixes,
            Reconnect = new ReconnectOptions { AttemptTimeout = Eventually.Deadline, InitialDelay = TimeSpan.FromSeconds(1) },
        };
        return Own(new LinkUnderTest(Client.CreateSubscription(options, observer), observer));
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
        return new NetMqClient(
            new ZmtpClient(context), context, new WorkerSettings(NullLogger.Instance) { Program = [ExporterProcess.Executable], MaxConnections = static () => 1000 });
    }

    private ZmtpClient StartZmtp()
    {
        var timers = Own(new TimerQueue(TimeProvider.System));
        return new ZmtpClient(new ZmtpContext(timers, new NameResolver()));
    }

    private LinkOptions Options(string endpoint, SocketType socketType, ZmtpSecurity? security)
    {
        if (!ZmtpEndpoint.TryParse(endpoint, out var parsed, out var error))
        {
            throw new ArgumentException(error, nameof(endpoint));
        }

        return new LinkOptions
        {
            Name = "server/test",
            Endpoint = parsed,
            SocketType = socketType,
            Security = security ?? ZmtpSecurity.Null,
            AttemptTimeout = Eventually.Deadline,
            MaxConnectionAge = MaxConnectionAge,
        };
    }

    private T Own<T>(T thing)
        where T : IDisposable
    {
        _things.Add(thing);
        return thing;
    }
}
