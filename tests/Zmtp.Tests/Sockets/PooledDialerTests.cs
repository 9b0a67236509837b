namespace Zmtp.Tests.Sockets;

/// <summary>The same on a system without epoll.</summary>
public sealed class PooledDialerTests : DialerTests
{
    private protected override SocketWatch? Watch => null;
}
