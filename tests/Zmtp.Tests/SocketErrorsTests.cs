using System.Net;
using System.Net.Sockets;

namespace Zmtp.Tests;

public sealed class SocketErrorsTests
{
    [Theory]
    [InlineData("/run/server.sock", "nothing listens on /run/server.sock: no server has it open; a process that crashed left it behind, or it is no socket at all")]
    [InlineData("\0server", "nothing listens on @server: no server has bound this name in the exporter's network namespace")]
    public void OnConnect_UnixSocketRefuses_SaysWhatThatMeansThere(string path, string words)
    {
        var error = SocketErrors.OnConnect(SocketError.ConnectionRefused, new UnixDomainSocketEndPoint(path));

        Assert.Equal((ZmtpErrorCode.Refused, words), (error.Code, error.Message));
    }

    [Fact]
    public void OnConnect_LinkLocalAddressWithoutAnInterface_SaysThatTheZoneLeadsNowhere()
    {
        var address = new IPEndPoint(IPAddress.Parse("fe80::1"), 5555);

        var error = SocketErrors.OnConnect(SocketError.InvalidArgument, address);

        Assert.Equal(ZmtpErrorCode.Local, error.Code);
        Assert.Contains("no interface of the zone", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, ZmtpErrorCode.Refused, "nothing listens on 10.0.0.1:5555 (connection refused): the server is down, or bound to another port or address; ss -ltnp on its host shows which")]
    [InlineData(SocketError.ConnectionReset, ZmtpErrorCode.Disconnected, "the peer accepted the connection and closed it before it said anything: a proxy or load balancer whose server is down, a limit of connections or file descriptors, or no ZeroMQ server, such as one that speaks TLS")]
    [InlineData(SocketError.Shutdown, ZmtpErrorCode.Disconnected, "the peer accepted the connection and closed it before it said anything: a proxy or load balancer whose server is down, a limit of connections or file descriptors, or no ZeroMQ server, such as one that speaks TLS")]
    public void OnConnect_Tcp_OnlyARefusalIsRefused(SocketError error, ZmtpErrorCode code, string words)
    {
        var verdict = SocketErrors.OnConnect(error, new IPEndPoint(IPAddress.Parse("10.0.0.1"), 5555));

        Assert.Equal((code, words), (verdict.Code, verdict.Message));
    }

    [Theory]
    [InlineData(SocketError.TooManyOpenSockets, "LimitNOFILE")]
    [InlineData(SocketErrors.NothingLeftToWatch, "sysctl fs.epoll.max_user_watches")]
    public void OnConnect_ALimitOfThisSystem_IsNamedAndIsNotTheServersFault(SocketError error, string limit)
    {
        var verdict = SocketErrors.OnConnect(error, new IPEndPoint(IPAddress.Loopback, 1));

        Assert.Equal(ZmtpErrorCode.Local, verdict.Code);
        Assert.Contains(limit, verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MoreTelling_AcceptedByOneAddressAndRefusedByAnother_IsTheOneThatCameFurthest()
    {
        var accepted = SocketErrors.OnConnect(SocketError.ConnectionReset, new IPEndPoint(IPAddress.Loopback, 1));
        var refused = SocketErrors.OnConnect(SocketError.ConnectionRefused, new IPEndPoint(IPAddress.Loopback, 2));

        Assert.Same(accepted, SocketErrors.MoreTelling(accepted, refused));
        Assert.Same(accepted, SocketErrors.MoreTelling(refused, accepted));
    }
}
