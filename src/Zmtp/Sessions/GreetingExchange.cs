using Zmtp.Sockets;
using Zmtp.Wire;

namespace Zmtp.Sessions;

/// <summary>
/// The greetings of both sides without I/O. Ours goes out in two parts (<see cref="Greeting"/> says why). Not thread-safe,
/// except for <see cref="CompleteOurs"/>.
/// </summary>
internal sealed class GreetingExchange(string mechanism, ISessionOutput output)
{
    private readonly Lock _lock = new();
    private readonly byte[] _received = new byte[Greeting.Length];
    private int _count;
    private volatile bool _isOursComplete;

    /// <summary>Whether all of our greeting is out.</summary>
    public bool IsOursComplete => _isOursComplete;

    /// <summary>How many bytes of the peer's greeting have come.</summary>
    public int Count => _count;

    /// <summary>Whether all of the peer's greeting has come.</summary>
    public bool IsTheirsComplete => _count == Greeting.Length;

    /// <summary>The peer's major version, from a complete greeting.</summary>
    public int PeerMajor => _received[10];

    /// <summary>The peer's minor version, from a complete greeting.</summary>
    public int PeerMinor => _received[11];

    /// <summary>The peer's mechanism, from a complete and valid greeting.</summary>
    public string PeerMechanism { get; private set; } = "";

    /// <summary>Sends the first part of ours.</summary>
    public void Start()
    {
        Span<byte> greeting = stackalloc byte[Greeting.Length];
        Greeting.Write(greeting, mechanism);
        output.Send(greeting[..Greeting.FirstPartLength]);
    }

    /// <summary>Sends the rest of ours, unless that was done.</summary>
    /// <remarks>Thread-safe: a timer may call it while bytes come in. If this returns true, the bytes have been written.</remarks>
    public void CompleteOurs()
    {
        lock (_lock)
        {
            if (_isOursComplete)
            {
                return;
            }

            _isOursComplete = true;
            Span<byte> greeting = stackalloc byte[Greeting.Length];
            Greeting.Write(greeting, mechanism);
            output.Send(greeting[Greeting.FirstPartLength..]);
        }
    }

    /// <summary>Takes the peer's bytes, as many as belong to its greeting.</summary>
    /// <param name="bytes">What came; afterwards what is left of it.</param>
    /// <returns>Why no handshake can follow, or null.</returns>
    public ZmtpError? Receive(ref ReadOnlySpan<byte> bytes)
    {
        var take = Math.Min(bytes.Length, Greeting.Length - _count);
        bytes[..take].CopyTo(_received.AsSpan(_count));
        bytes = bytes[take..];
        _count += take;
        if (Greeting.Check(_received.AsSpan(0, _count)) is { } error)
        {
            return error;
        }

        if (!IsTheirsComplete)
        {
            return null;
        }

        if (IsEcho())
        {
            return new ZmtpError(ZmtpErrorCode.NotZmtp, "the peer does not speak ZMTP: it sends our own bytes back, as an echo service does");
        }

        var isName = Greeting.TryReadMechanism(_received, out var theirs);
        PeerMechanism = theirs;
        if (!isName)
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, "the mechanism in the peer's greeting is not a name");
        }

        return theirs == mechanism
            ? null
            : new ZmtpError(ZmtpErrorCode.Mechanism, $"the server asks for {theirs}, the module offers {mechanism}: {MechanismRemedy(theirs)}");
    }

    private bool IsEcho()
    {
        Span<byte> ours = stackalloc byte[Greeting.Length];
        Greeting.Write(ours, mechanism);
        return ours.SequenceEqual(_received);
    }

    private static string MechanismRemedy(string theirs) => theirs switch
    {
        "NULL" => "set security: {mechanism: null} in the module, or remove its security",
        "PLAIN" or "CURVE" => $"set security: {{mechanism: {theirs.ToLowerInvariant()}, …}} in the module, or in one of your own with extends: and its name",
        _ => "NULL, PLAIN and CURVE are what there is",
    };

    /// <summary>What it means that the peer ended the stream here.</summary>
    public ZmtpError EndOfStream() => _count == 0
        ? SocketErrors.ClosedMute
        : new ZmtpError(ZmtpErrorCode.Disconnected, $"the peer closed the connection in its greeting, after {Excerpt.Of(_received.AsSpan(0, _count))}") { IsByPeer = true };

    /// <summary>What it means that nothing more came before the deadline.</summary>
    public ZmtpError TimedOut()
    {
        const string noServer = "; or it is no ZeroMQ server, such as one that speaks TLS";
        return _count == 0
            ? new ZmtpError(
                ZmtpErrorCode.HandshakeTimeout,
                "the peer said nothing: its process is frozen, or has no file descriptors left, or its backlog is full (the kernel connects all the same); or a proxy or load balancer accepted for a server that is down" + noServer)
            {
                Stranger = noServer,
            }
            : new ZmtpError(ZmtpErrorCode.HandshakeTimeout, $"the peer sent {_count} of the 64 bytes of its greeting and no more");
    }
}
