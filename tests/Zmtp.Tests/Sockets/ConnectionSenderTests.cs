using System.Net;
using System.Net.Sockets;

namespace Zmtp.Tests.Sockets;

public sealed class ConnectionSenderTests
{
    [Fact]
    public void Send_ManyThreadsAndASlowReader_NeverTearsACallApart()
    {
        const int Threads = 4;
        const int Calls = 400;
        using var listener = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 8192 };
        client.Connect(listener.LocalEndPoint!);
        client.Blocking = false;
        using var accepted = listener.Accept();
        var peer = new ScriptedPeer(accepted, 1);
        var sender = new ConnectionSender(client);
        long sent = 0;
        long read = 0;
        var refused = 0;
        var senders = Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            var random = new Random(number);
            for (var i = 0; i < Calls; i++)
            {
                var body = new byte[random.Next(1, 9000)];
                body.AsSpan().Fill((byte)((number << 5) | (i & 31)));
                var frame = PeerBytes.Frame(0, body);
                Interlocked.Add(ref sent, frame.Length);
                refused += sender.Send(frame) ? 0 : 1;
                SpinWait.SpinUntil(() => Interlocked.Read(ref sent) - Interlocked.Read(ref read) < 1 << 20, 20_000); // the bound has a test of its own
            }
        })).ToList();
        senders.ForEach(thread => thread.Start());
        var next = new int[Threads];
        for (var i = 0; i < Threads * Calls; i++)
        {
            Assert.Equal(0, refused);
            var (flags, body) = peer.ExpectFrame();
            Assert.Equal(0, flags & ~PeerBytes.Long);
            Assert.True(body.AsSpan().IndexOfAnyExcept(body[0]) < 0);
            var number = body[0] >> 5;
            Assert.Equal(next[number]++ & 31, body[0] & 31);
            Interlocked.Add(ref read, body.Length + (body.Length > 255 ? 9 : 2));
        }

        senders.ForEach(thread => thread.Join());
        Assert.Equal(0, refused);
        sender.Close(Ending.Orderly);
        Assert.True(sender.Send([1]));
    }

    [Fact]
    public void Close_WhileABacklogIsSent_EndsQuietly()
    {
        for (var i = 0; i < 50; i++)
        {
            using var listener = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            using var client = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 4096 };
            client.Connect(listener.LocalEndPoint!);
            client.Blocking = false;
            using var accepted = listener.Accept();
            var sender = new ConnectionSender(client);
            while (sender.Send(new byte[100_000]))
            {
            }

            var reader = new Thread(() => new ScriptedPeer(accepted, 1).ExpectEnd());
            reader.Start();
            sender.Close(Ending.Orderly);
            reader.Join();
        }
    }
}
