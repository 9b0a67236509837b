using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Sockets;

public sealed class SocketWatchTests : IDisposable
{
    private readonly SocketWatch _watch = SocketWatch.TryCreate()!;
    private readonly Socket _client;
    private readonly Socket _server;

    public SocketWatchTests() => (_client, _server) = Kernel.Connect();

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Fact]
    public void TryAdd_BytesThatAreThereAndBytesThatCome_AreNoticed()
    {
        var owner = new Owner();
        _server.Send([1]);
        _client.Poll(-1, SelectMode.SelectRead);
        var watching = _watch.TryAdd(_client, owner, isConnecting: false);

        Assert.False(owner.Next());
        _server.Send([2]);
        Assert.False(owner.Next()); // although nobody has read
        _server.Shutdown(SocketShutdown.Send);
        Assert.True(owner.Next());
        watching.End();
    }

    [Fact]
    public void SetOwner_Another_ThatOneIsNotified()
    {
        var (first, second) = (new Owner(), new Owner());
        var watching = _watch.TryAdd(_client, first, isConnecting: true);
        first.Next(); // there is room to write

        watching.SetOwner(second);
        _server.Send([1]);

        Assert.False(second.Next());
        Assert.Empty(first.Notified);
        watching.End();
    }

    [Fact]
    public void End_ItsSlotIsAnothersThen_NobodyIsNotifiedOfTheWrongSocket()
    {
        var (first, second) = (new Owner(), new Owner());
        var old = _watch.TryAdd(_client, first, isConnecting: true);
        first.Next();
        old.End();
        var (client, server) = Kernel.Connect();
        using (client)
        using (server)
        {
            var current = _watch.TryAdd(client, second, isConnecting: true);
            Assert.Equal((uint)old.Key, (uint)current.Key);
            second.Next();

            _server.Send([1]); // on the socket that is watched no more
            old.End();
            old.SetOwner(first);
            server.Send([1]);

            Assert.False(second.Next());
            Assert.Empty(first.Notified);
            Assert.Empty(second.Notified);
            current.End();
        }
    }

    [Fact]
    public void TryAdd_ClosedSocket_ThrowsAndKeepsNoSlot()
    {
        _client.Dispose();
        var owner = Watch();

        Eventually.True(() =>
        {
            GC.Collect();
            return !owner.IsAlive;
        });

        [MethodImpl(MethodImplOptions.NoInlining)] // nothing of it stays on the stack
        WeakReference Watch()
        {
            var one = new Owner();
            Assert.Throws<ObjectDisposedException>(() => _watch.TryAdd(_client, one, isConnecting: false));
            return new WeakReference(one);
        }
    }

    private sealed class Owner : IWatchedSocket
    {
        public BlockingCollection<bool> Notified { get; } = [];

        public void OnReady(bool isEnding) => Notified.Add(isEnding);

        public bool Next()
        {
            Assert.True(Notified.TryTake(out var isEnding, TimeSpan.FromMinutes(1)), "nobody was notified");
            return isEnding;
        }
    }
}
