using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace TestSupport.Peers;

/// <summary>The server's end of one connection.</summary>
/// <param name="Socket">The socket.</param>
/// <param name="Number">Counts the connections from 1.</param>
internal sealed record ScriptedPeer(Socket Socket, int Number)
{
    public void Send(params ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[Socket.Send(bytes)..];
        }
    }

    /// <summary>Reads as many bytes.</summary>
    /// <exception cref="TimeoutException">The client sent less: unlike other ends of the connection, this fails the test.</exception>
    public byte[] Expect(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var read = Receive(bytes.AsSpan(at));
            at += read > 0 ? read : throw new EndOfStreamException();
        }

        return bytes;
    }

    /// <summary>Reads until the client ends its stream.</summary>
    /// <returns>False when it was reset instead.</returns>
    public bool ExpectEnd()
    {
        try
        {
            var bytes = new byte[4096];
            while (Socket.Receive(bytes) > 0)
            {
            }

            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public (byte Flags, byte[] Body) ExpectFrame()
    {
        var header = Expect(2);
        if ((header[0] & PeerBytes.Long) == 0)
        {
            return (header[0], Expect(header[1]));
        }

        var rest = Expect(7);
        return (header[0], Expect(BinaryPrimitives.ReadInt32BigEndian(rest.AsSpan(3))));
    }

    /// <summary>Reads one message; commands on the way go to the callback.</summary>
    public string[] ExpectMessage(Action<byte[]>? onCommand = null)
    {
        var frames = new List<string>();
        while (true)
        {
            var (flags, body) = ExpectFrame();
            if ((flags & PeerBytes.CommandFlag) != 0)
            {
                onCommand?.Invoke(body);
                continue;
            }

            frames.Add(Encoding.UTF8.GetString(body));
            if ((flags & PeerBytes.More) == 0)
            {
                return [.. frames];
            }
        }
    }

    /// <summary>A NULL handshake as libzmq does it.</summary>
    public void Handshake(string socketType, byte minor = 1)
    {
        var greeting = PeerBytes.Greeting(minor: minor);
        Send(greeting.AsSpan(0, 10));
        Expect(11);
        Send(greeting.AsSpan(10));
        Expect(53);
        Send(PeerBytes.Ready(socketType)); // first, as libzmq does
        var (flags, body) = ExpectFrame();
        Assert.Equal(PeerBytes.CommandFlag, flags);
        Assert.StartsWith("\u0005READY", Encoding.ASCII.GetString(body), StringComparison.Ordinal);
    }

    /// <summary>A greeting as libzmq 3.x gives it, and the identities that follow it. With a client that cannot, the script ends here.</summary>
    /// <param name="socketType">ZMTP 2.0's number (RFC 15): PUB is 1, REP 4, ROUTER 6.</param>
    public void HandshakeOfVersion2(byte socketType)
    {
        const byte Minor = 1; // of ZMTP 3.1, in the place of a client's socket type
        Send([0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F]);
        Expect(10);
        Send([1, socketType]); // the version's number is one less
        if (Expect(2)[1] == Minor)
        {
            ExpectEnd();
            throw new EndOfStreamException();
        }

        Send(PeerBytes.Frame(0, []));
        Assert.Equal(0, ExpectFrame().Flags);
    }

    /// <summary>Reads until the client ends its stream or resets it.</summary>
    public byte[] ReadToEnd()
    {
        var all = new List<byte>();
        var bytes = new byte[4096];
        try
        {
            for (int read; (read = Socket.Receive(bytes)) > 0;)
            {
                all.AddRange(bytes.AsSpan(0, read));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // What came before is what counts.
        }

        return [.. all];
    }

    public void SendMessage(params ReadOnlySpan<string> frames) => Send(PeerBytes.Message(frames));

    /// <summary>Answers every PING until a message comes, which is returned.</summary>
    public string[] ExpectMessageAndPong() => ExpectMessage(body => Send(PeerBytes.Command("PONG", body.AsSpan(7))));

    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    // The same error is also that of a connection whose other side is gone.
    private int Receive(Span<byte> bytes)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            return Socket.Receive(bytes);
        }
        catch (SocketException exception) when (Socket.ReceiveTimeout is > 0 and var timeout && Stopwatch.GetElapsedTime(start).TotalMilliseconds >= timeout)
        {
            throw new TimeoutException("the client did not send what the script expects", exception);
        }
    }
}
