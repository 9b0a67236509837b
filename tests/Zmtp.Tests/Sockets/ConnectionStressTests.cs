using System.Text;

namespace Zmtp.Tests.Sockets;

/// <summary>Many connections at once against servers that answer, reset and vanish.</summary>
[Collection(nameof(ConnectionStressTests))]
[CollectionDefinition(nameof(ConnectionStressTests), DisableParallelization = true)]
public sealed class ConnectionStressTests
{
    [Fact]
    public void SendPingDispose_FromManyThreads_ThrowsNothingAndTearsNoFrame()
    {
        var faults = new List<Exception>();
        var messages = 0;
        using var timers = new TimerQueue(TimeProvider.System, fault =>
        {
            lock (faults)
            {
                faults.Add(fault);
            }
        });
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("ROUTER");
            var random = new Random(peer.Number);
            for (var left = random.Next(1, 200); left > 0; left--)
            {
                // Parses the stream: a torn frame would show as a body that is not all one letter.
                var body = peer.ExpectMessage(ping => peer.Send(PeerBytes.Command("PONG", ping.AsSpan(7))))[0];
                Assert.True(body.All(letter => letter == body[0]));
                peer.SendMessage(body[..Math.Min(10, body.Length)]);
                Interlocked.Increment(ref messages);
            }

            if (random.Next(2) == 0)
            {
                peer.Reset();
            }
        });
        var context = new ZmtpContext(timers, new NameResolver());
        var options = new ZmtpOptions { SocketType = SocketType.Dealer };
        var threads = Enumerable.Range(0, 6).Select(number => new Thread(() =>
        {
            var random = new Random(number);
            for (var round = 0; round < 25; round++)
            {
                var handler = new RecordingHandler();
                using var connection = ZmtpConnection.Start(server.Endpoint, options, context, timers.After(TimeSpan.FromSeconds(10)), handler);
                if (random.Next(5) != 0)
                {
                    Eventually.True(() => handler.Count("OnOpened") > 0 || connection.IsClosed);
                }

                SendFromFourThreads(connection, endsEarly: number % 2 == 0);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Empty(server.Failures);
        Assert.Empty(faults);
        Assert.NotEqual(0, messages);
        Eventually.True(() => timers.Count == 0);
    }

    [Fact]
    public void Open_Churn_LeavesNoTimerAndNoHandlerCallAfterOnClosed()
    {
        using var timers = new TimerQueue(TimeProvider.System);
        using var server = new ScriptedServer(peer =>
        {
            if (peer.Number % 3 != 0)
            {
                peer.Handshake("REP");
            }
        });
        var handler = new RecordingHandler();
        using (var connection = new PersistentConnection(
            server.Endpoint,
            new ZmtpOptions { SocketType = SocketType.Req },
            new ZmtpContext(timers, new NameResolver()),
            new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(2) },
            handler))
        {
            Parallel.For(0, 2000, i =>
            {
                connection.Open(timers.After(TimeSpan.FromSeconds(5)), out var isOpen)?.Send(ZmtpMessage.FromText("x"));
                if (i % 7 == 0)
                {
                    connection.Close();
                }
                else if (i % 11 == 0)
                {
                    connection.Detach()?.Dispose();
                }
            });
        }

        Eventually.True(() => timers.Count == 0);
        Assert.Empty(server.Failures);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("reset")]
    [InlineData("http")]
    [InlineData("silent")]
    [InlineData("healthy")]
    [InlineData("flood")]
    [InlineData("black hole")]
    public void Start_FiveHundredTimes_LeaksNoDescriptor(string kind)
    {
        using var timers = new TimerQueue(TimeProvider.System);
        using var hole = new BlackHole();
        using var server = new ScriptedServer(peer => Play(peer, kind));
        if (kind == "refused")
        {
            server.Dispose();
        }

        var endpoint = kind == "black hole" ? hole.Endpoint : server.Endpoint;
        var context = new ZmtpContext(timers, new NameResolver());
        var options = new ZmtpOptions { SocketType = SocketType.Req, GreetingTimeout = TimeSpan.FromMilliseconds(1) };
        var isHostile = kind is "silent" or "black hole";
        Round(10);
        var before = Descriptors();
        Round(500);
        Eventually.True(() => Descriptors() <= before + 2 && timers.Count == 0, () => $"{before} descriptors before, {Descriptors()} after");

        void Round(int count) => Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i =>
        {
            var handler = new RecordingHandler();
            using var connection = ZmtpConnection.Start(endpoint, options, context, timers.After(TimeSpan.FromMilliseconds(isHostile ? 20 : 10_000)), handler);
            Eventually.True(() => handler.Error is not null || handler.Count("OnOpened") > 0, () => handler.Log);
        });
    }

    private static void SendFromFourThreads(ZmtpConnection connection, bool endsEarly) => Parallel.For(0, 4, part =>
    {
        var message = ZmtpMessage.FromText(new string((char)('a' + part), 1 << (part * 4)));
        for (var i = 0; i < 60; i++)
        {
            connection.Send(message);
            connection.SendPing();
            if (part == 3 && i == 40 && endsEarly)
            {
                connection.Dispose();
            }
        }
    });

    private static void Play(ScriptedPeer peer, string kind)
    {
        switch (kind)
        {
            case "reset":
                peer.Reset();
                break;
            case "http":
                peer.Send(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
                break;
            case "silent":
                peer.ExpectEnd();
                break;
            default:
                peer.Handshake("REP");
                if (kind == "flood")
                {
                    peer.Send(PeerBytes.HeaderOf(0, 1UL << 40));
                }

                peer.ExpectEnd();
                break;
        }
    }

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
