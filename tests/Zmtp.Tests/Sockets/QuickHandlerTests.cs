using Zmtp.Tests.Support;

namespace Zmtp.Tests.Sockets;

/// <summary>Which thread calls a handler that is quick.</summary>
public sealed class QuickHandlerTests : ConnectionTestBase
{
    private readonly Queue<string?> _threads = [];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OnMessage_SmallMessage_OnlyAQuickHandlerNeedsNoThreadOfThePool(bool isQuick)
    {
        using var goes = new SemaphoreSlim(0);
        Connect(goes, isQuick, peer => peer.SendMessage("small"));

        Assert.Equal(isQuick, Next(goes) == SocketWatch.ThreadName);
    }

    [Fact]
    public void OnMessage_EndOfALongOne_NeedsOne()
    {
        var message = PeerBytes.Message(new string('x', 100_000));

        AssertNeedsThePool(message[..^10], message[^10..]);
    }

    [Fact]
    public void OnMessage_LastFrameOfSeveral_NeedsOne() => AssertNeedsThePool(PeerBytes.Frame(1, "first"u8), PeerBytes.Frame(0, "last"u8));

    [Fact]
    public void OnMessage_PeerThatOnceSentVeryManyAtOnce_NeedsOneFromThenOn()
    {
        using var goes = new SemaphoreSlim(0);
        Connect(
            goes,
            isQuick: true,
            peer => peer.Send([.. Enumerable.Range(0, 40).SelectMany(_ => PeerBytes.Message("x"))]),
            peer => peer.SendMessage("small"));
        goes.Release();
        for (var i = 0; i < 40; i++)
        {
            Next(goes: null);
        }

        Assert.NotEqual(SocketWatch.ThreadName, Next(goes), StringComparer.Ordinal);
    }

    private void AssertNeedsThePool(byte[] first, byte[] last)
    {
        using var goes = new SemaphoreSlim(0);
        using var isDelivered = new ManualResetEventSlim();
        using var isRead = new ManualResetEventSlim();
        var connection = Connect(
            goes,
            isQuick: true,
            peer =>
            {
                peer.Send(first);
                Kernel.WaitUntilDelivered(peer.Socket);
                isDelivered.Set();
            },
            peer => peer.Send(last));
        goes.Release();
        Assert.True(isDelivered.Wait(TimeSpan.FromMinutes(1)));
        connection.ReadThen(Timestamp.Never, _ => isRead.Set(), state: null);
        Assert.True(isRead.Wait(TimeSpan.FromMinutes(1)));

        Assert.NotEqual(SocketWatch.ThreadName, Next(goes), StringComparer.Ordinal);
    }

    private ZmtpConnection Connect(SemaphoreSlim goes, bool isQuick, params Action<ScriptedPeer>[] sends)
    {
        _handler.Received = _ =>
        {
            lock (_threads)
            {
                _threads.Enqueue(Thread.CurrentThread.Name);
            }
        };
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            peer.SendMessage("settled"); // the first reads look for what came before
            foreach (var send in sends)
            {
                goes.Wait();
                send(peer);
            }

            peer.ExpectEnd();
        });
        var connection = Connect(server.Endpoint, options: new ZmtpOptions { SocketType = SocketType.Dealer, IsHandledQuickly = isQuick });
        Next(goes: null);
        return connection;
    }

    private string? Next(SemaphoreSlim? goes)
    {
        goes?.Release();
        string? thread = null;
        Eventually.True(() =>
        {
            lock (_threads)
            {
                return _threads.TryDequeue(out thread);
            }
        });
        return thread;
    }
}
