using System.Net.Sockets;

namespace ZmqExporter.Benchmarks.Soak;

/// <summary>A REP's side of one ZMTP 3.1 connection, by hand.</summary>
internal sealed class SoakConnection(SoakServer server, Socket socket)
{
    private const int GreetingLength = 64;
    private const byte More = 1;
    private const byte Command = 4;

    private static readonly byte[] Opening = [.. Greeting(), 4, 25, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 3, .. "REP"u8];

    private readonly Lock _writing = new();

    /// <summary>Ends it with a reset.</summary>
    public void Reset()
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    /// <summary>Serves until the client has gone.</summary>
    public async Task ServeAsync()
    {
        try
        {
            socket.NoDelay = true;
            await server.ThawedAsync();
            if (server.Mode == SoakMode.Garbage)
            {
                await socket.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            }
            else
            {
                await socket.SendAsync(Opening);
            }

            await ReadAsync();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client has gone, or we have reset it.
        }
        finally
        {
            server.Forget(this);
            socket.Dispose();
        }
    }

    private static byte[] Greeting()
    {
        var greeting = new byte[GreetingLength];
        greeting[0] = 0xFF;
        greeting[8] = 1;
        greeting[9] = 0x7F;
        greeting[10] = 3;
        greeting[11] = 1;
        "NULL"u8.CopyTo(greeting.AsSpan(12));
        return greeting;
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[4096];
        var count = 0;
        var hasGreeted = false;
        while (true)
        {
            await server.ThawedAsync();
            var read = await socket.ReceiveAsync(buffer.AsMemory(count));
            if (read == 0)
            {
                return;
            }

            await server.ThawedAsync();
            count += read;
            var at = 0;
            if (!hasGreeted)
            {
                if (count < GreetingLength)
                {
                    continue;
                }

                hasGreeted = true;
                at = GreetingLength;
            }

            // Our client sends no frame of more than 255 bytes.
            while (count - at >= 2 && count - at >= 2 + buffer[at + 1])
            {
                Take(buffer[at], buffer.AsSpan(at + 2, buffer[at + 1]));
                at += 2 + buffer[at + 1];
            }

            buffer.AsSpan(at, count - at).CopyTo(buffer);
            count -= at;
        }
    }

    private void Take(byte flags, ReadOnlySpan<byte> body)
    {
        if ((flags & Command) != 0)
        {
            if (body.StartsWith("\x04PING"u8))
            {
                Write([Command, (byte)(body.Length - 2), .. "\x04PONG"u8, .. body[7..]]);
            }
        }
        else if ((flags & More) == 0)
        {
            server.CountRequest();
            Answer(body.ToArray());
        }
    }

    private void Answer(byte[] request)
    {
        // "ping TOKEN" has an answer of "pong TOKEN".
        byte[] reply = [.. "pong"u8, .. request[4..]];
        var mode = server.Mode;
        if (mode == SoakMode.Healthy || mode == SoakMode.Freeze)
        {
            Reply(reply, isTrue: true);
        }
        else if (mode == SoakMode.Lie)
        {
            Reply([.. "shut"u8, .. request[4..]], isTrue: false);
        }
        else if (mode == SoakMode.Late || mode == SoakMode.Stale)
        {
            _ = ReplyAfterAsync(mode == SoakMode.Late ? SoakTimes.LateReply : SoakTimes.StaleReply, reply);
        }
        else if (mode == SoakMode.Cut)
        {
            Write([More, 0, 0, (byte)reply.Length, .. reply[..4]]);
        }
        else if (mode == SoakMode.Huge)
        {
            Write([More, 0, 2, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF]);
        }
        else if (mode == SoakMode.Reset || mode == SoakMode.Garbage)
        {
            Reset();
        }
    }

    private async Task ReplyAfterAsync(TimeSpan delay, byte[] reply)
    {
        await Task.Delay(delay, TimeProvider.System);
        await server.ThawedAsync();
        try
        {
            Reply(reply, isTrue: true);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client did not wait.
        }
    }

    private void Reply(byte[] body, bool isTrue)
    {
        Write([More, 0, 0, (byte)body.Length, .. body]);
        server.CountReply(isTrue);
    }

    // Small enough for the kernel's buffer: it does not wait for the client.
    private void Write(byte[] bytes)
    {
        lock (_writing)
        {
            socket.Send(bytes);
        }
    }
}
