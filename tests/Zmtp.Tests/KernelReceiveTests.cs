using System.Net.Sockets;
using Zmtp.Tests.Support;

namespace Zmtp.Tests;

public sealed class KernelReceiveTests
{
    [Fact]
    public void Receive_BytesThatWaited_HaveTheTimeAtWhichTheLastCame()
    {
        Kernel.WaitForStamps();
        var (client, server) = Kernel.Connect();
        using (client)
        using (server)
        {
            Assert.True(KernelReceive.TryEnable(client));
            var before = WallClock();
            server.Send("one"u8);
            server.Send("two"u8);
            Kernel.WaitUntilDelivered(server);
            var after = WallClock();
            SpinWait.SpinUntil(() => WallClock() > after + 2_000_000);

            var buffer = new byte[64];
            Assert.Equal(6, KernelReceive.Receive(client, buffer, out var stamp, out var error));
            Assert.Equal(SocketError.Success, error);
            Assert.InRange(stamp, before, after);
        }
    }

    [Fact]
    public void KeepStampsOn_NoDescriptorLeft_StampsStayOnAndTheNextOneTriesAgain()
    {
        Socket? keeper = null;
        KernelReceive.KeepStampsOn(ref keeper, static () => throw new SocketException((int)SocketError.TooManyOpenSockets));
        Assert.Null(keeper);
        Assert.True(KernelReceive.IsSupported);

        KernelReceive.KeepStampsOn(ref keeper, static () => new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, ProtocolType.Udp));
        using var made = keeper;
        Assert.NotNull(made);
        KernelReceive.KeepStampsOn(ref keeper, static () => throw new InvalidOperationException("there is one already"));
    }

    [Fact]
    public void KeepStampsOn_ASocketThatIsNeededAnyway_KeepsThemOn()
    {
        var (client, server) = Kernel.Connect();
        using (client)
        using (server)
        {
            KernelReceive.KeepStampsOn(client);

            var value = new byte[4];
            client.GetRawSocketOption(1, 35, value); // SOL_SOCKET, SO_TIMESTAMPNS
            Assert.Equal(1, BitConverter.ToInt32(value));
        }
    }

    [Fact]
    public void Receive_EmptySocketEndAndReset_AreSaid()
    {
        var (client, server) = Kernel.Connect();
        using (client)
        {
            KernelReceive.TryEnable(client);
            var buffer = new byte[64];
            Assert.Equal(0, KernelReceive.Receive(client, buffer, out _, out var error));
            Assert.Equal(SocketError.WouldBlock, error);

            server.Shutdown(SocketShutdown.Send);
            Assert.True(client.Poll(10_000_000, SelectMode.SelectRead));
            Assert.Equal(0, KernelReceive.Receive(client, buffer, out _, out error));
            Assert.Equal(SocketError.Success, error);
        }

        (client, server) = Kernel.Connect();
        using (client)
        {
            new ScriptedPeer(server, 1).Reset();
            Assert.True(client.Poll(10_000_000, SelectMode.SelectRead));
            Assert.Equal(0, KernelReceive.Receive(client, new byte[64], out _, out var error));
            Assert.Equal(SocketError.ConnectionReset, error);
        }

        Assert.Throws<ObjectDisposedException>(() => KernelReceive.Receive(client, new byte[64], out _, out _));
    }

    [Fact]
    public void ReadStamp_ControlMessages_FindsTheTimeAmongOthersAndNothingInRubbish()
    {
        byte[] other = [.. Numbers(20L), .. Numbers((41L << 32) | 1), 1, 2, 3, 4, 0, 0, 0, 0];
        byte[] time = [.. Numbers(32L, (35L << 32) | 1, 12, 345)];

        Assert.Equal(12_000_000_345, KernelReceive.ReadStamp(time));
        Assert.Equal(12_000_000_345, KernelReceive.ReadStamp([.. other, .. time]));
        Assert.Equal(0, KernelReceive.ReadStamp([]));
        Assert.Equal(0, KernelReceive.ReadStamp(other));
        Assert.Equal(0, KernelReceive.ReadStamp(time.AsSpan(0, 24)));
        Assert.Equal(0, KernelReceive.ReadStamp(Numbers(0, 0, 0, 0)));
        Assert.Equal(0, KernelReceive.ReadStamp(Numbers(long.MaxValue, 0, 0, 0)));

        static byte[] Numbers(params long[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];
    }

    private static long WallClock() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
