using System.Text;
using Zmtp.Security;

namespace ZmqExporter.EndToEndTests.Quirks;

/// <summary>The server's end of a conversation after its handshake, in clear or in CURVE's boxes.</summary>
internal sealed class PeerChannel
{
    private const byte BoxedCommand = 2;

    private readonly ScriptedPeer _peer;
    private readonly CurveServer? _curve;

    private PeerChannel(ScriptedPeer peer, CurveServer? curve) => (_peer, _curve) = (peer, curve);

    /// <summary>Greets and shakes hands.</summary>
    /// <param name="peer">The connection.</param>
    /// <param name="library">How the server does it.</param>
    /// <param name="socketType">The server's Socket-Type.</param>
    /// <param name="mechanism">NULL, PLAIN or CURVE.</param>
    /// <param name="keys">The server's keys, for CURVE.</param>
    public static PeerChannel Open(ScriptedPeer peer, Library library, string socketType, string mechanism, CurveKeyPair keys)
    {
        var greeting = PeerBytes.Greeting(mechanism, minor: library.Minor);
        if (library.WaitsForReady)
        {
            peer.Send(greeting);
            peer.Expect(greeting.Length);
        }
        else
        {
            peer.Send(greeting.AsSpan(0, 10)); // as libzmq does: the rest after the client's version
            peer.Expect(11);
            peer.Send(greeting.AsSpan(10));
            peer.Expect(53);
        }

        var metadata = PeerBytes.Property("Socket-Type", Encoding.ASCII.GetBytes(socketType));
        return mechanism switch
        {
            "NULL" => OpenNull(peer, library, metadata),
            "PLAIN" => OpenPlain(peer, metadata),
            _ => OpenCurve(peer, metadata, keys),
        };
    }

    /// <summary>Waits for a frame.</summary>
    /// <returns>False when none has begun by then.</returns>
    public bool Wait(TimeSpan limit) => _peer.Socket.Poll(limit, System.Net.Sockets.SelectMode.SelectRead);

    /// <summary>Takes the next frame.</summary>
    public PeerFrame Receive()
    {
        var (flags, body) = _peer.ExpectFrame();
        if (_curve is null)
        {
            return new PeerFrame((flags & PeerBytes.CommandFlag) != 0, (flags & PeerBytes.More) != 0, body);
        }

        (flags, body) = _curve.Open(body);
        return new PeerFrame(flags == BoxedCommand, flags == PeerBytes.More, body);
    }

    /// <summary>Sends a command.</summary>
    public void SendCommand(string name, params ReadOnlySpan<byte> data)
    {
        byte[] body = [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. data];
        _peer.Send(_curve is null ? PeerBytes.Frame(PeerBytes.CommandFlag, body) : PeerBytes.Frame(0, _curve.Message(BoxedCommand, body)));
    }

    /// <summary>Sends a message.</summary>
    public void SendMessage(params IReadOnlyList<string> frames)
    {
        for (var i = 0; i < frames.Count; i++)
        {
            var flags = i < frames.Count - 1 ? PeerBytes.More : (byte)0;
            var body = Encoding.Latin1.GetBytes(frames[i]);
            _peer.Send(_curve is null ? PeerBytes.Frame(flags, body) : PeerBytes.Frame(0, _curve.Message(flags, body)));
        }
    }

    private static PeerChannel OpenNull(ScriptedPeer peer, Library library, byte[] metadata)
    {
        if (library.WaitsForReady)
        {
            ExpectCommand(peer, "READY");
            peer.Send(PeerBytes.Command("READY", metadata));
        }
        else
        {
            peer.Send(PeerBytes.Command("READY", metadata));
            ExpectCommand(peer, "READY");
        }

        return new PeerChannel(peer, curve: null);
    }

    private static PeerChannel OpenPlain(ScriptedPeer peer, byte[] metadata)
    {
        ExpectCommand(peer, "HELLO");
        peer.Send(PeerBytes.Command("WELCOME"));
        ExpectCommand(peer, "INITIATE");
        peer.Send(PeerBytes.Command("READY", metadata));
        return new PeerChannel(peer, curve: null);
    }

    private static PeerChannel OpenCurve(ScriptedPeer peer, byte[] metadata, CurveKeyPair keys)
    {
        var curve = new CurveServer { Keys = keys };
        peer.Send(PeerBytes.Frame(PeerBytes.CommandFlag, curve.Welcome(ExpectCommand(peer, "HELLO"))));
        peer.Send(PeerBytes.Frame(PeerBytes.CommandFlag, curve.Ready(ExpectCommand(peer, "INITIATE"), metadata)));
        return new PeerChannel(peer, curve);
    }

    private static byte[] ExpectCommand(ScriptedPeer peer, string name)
    {
        var (flags, body) = peer.ExpectFrame();
        Assert.Equal((PeerBytes.CommandFlag, name), ((byte)(flags & ~PeerBytes.Long), new PeerFrame(true, false, body).Name));
        return body;
    }
}

/// <summary>A frame of the client's, as a library sees it.</summary>
internal sealed record PeerFrame(bool IsCommand, bool IsMore, byte[] Body)
{
    /// <summary>A command's name.</summary>
    public string Name => Encoding.ASCII.GetString(Body, 1, Body[0]);

    /// <summary>What follows a command's name.</summary>
    public byte[] Data => Body[(1 + Body[0])..];

    /// <summary>All of it, a character a byte.</summary>
    public string Text => Encoding.Latin1.GetString(Body);
}
