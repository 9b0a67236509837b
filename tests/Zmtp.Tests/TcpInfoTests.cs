using System.Net.Sockets;
using Zmtp.Tests.Support;

namespace Zmtp.Tests;

public sealed class TcpInfoTests
{
    [Theory]
    [InlineData(148, 0, 0, true)]
    [InlineData(148, 2, 0, false)]
    [InlineData(148, 0, 9, false)]
    [InlineData(104, 0, 0, null)] // of a kernel that is too old to tell
    [InlineData(104, 2, 0, false)]
    public void Parse_WhatIsOnItsWay_IsNotAcknowledged(int length, int unacked, int notSent, bool? expected)
    {
        var bytes = new byte[148];
        BitConverter.TryWriteBytes(bytes.AsSpan(24), unacked);
        BitConverter.TryWriteBytes(bytes.AsSpan(144), notSent);

        Assert.Equal(expected, TcpInfo.Parse(bytes.AsSpan(0, length)).IsAcknowledged);
    }

    [Fact]
    public void Parse_TimesSinceSegments_TheOlderSaysHowLongItIsConnected()
    {
        var bytes = new byte[148];
        bytes[0] = 1;
        BitConverter.TryWriteBytes(bytes.AsSpan(52), 30);
        BitConverter.TryWriteBytes(bytes.AsSpan(56), 70);

        var info = TcpInfo.Parse(bytes);

        Assert.Equal((TimeSpan.FromMilliseconds(70), false, false), (info.ConnectedFor, info.IsConnecting, info.IsClosed));
    }

    [Fact]
    public void TryRead_OtherSockets_SaysNothing()
    {
        using var unix = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified);
        Assert.False(TcpInfo.TryRead(unix, out _));
        var (client, server) = Kernel.Connect();
        server.Dispose();
        Assert.True(TcpInfo.TryRead(client, out _));
        client.Dispose();
        Assert.False(TcpInfo.TryRead(client, out _));
    }

    [Fact]
    public void Set_TcpSocket_HasKeepaliveAndALimitForWhatIsNotAcknowledged()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);

        SocketOptions.Set(socket);

        var userTimeout = new byte[4];
        socket.GetRawSocketOption(6, 18, userTimeout);
        Assert.Equal(
            (1, 20, 5, 3, 33_000),
            (Number(SocketOptionLevel.Socket, SocketOptionName.KeepAlive),
                Number(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime),
                Number(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval),
                Number(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount),
                BitConverter.ToInt32(userTimeout)));

        int Number(SocketOptionLevel level, SocketOptionName name) => (int)socket.GetSocketOption(level, name)!;
    }
}
