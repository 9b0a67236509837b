using System.Net.Sockets;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Sockets;

public class UnixSocketTests : DialerTestBase
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Start_UnixSocket_OpensAndCarriesMessages(bool isAbstract)
    {
        using var directory = new TemporaryDirectory();
        var name = isAbstract ? $"@zmtp-tests-{Guid.NewGuid():N}" : Path.Combine(directory.Path, "server.sock");
        Keep(new ScriptedServer(
            peer =>
            {
                peer.Handshake("REP");
                Assert.Equal(["", "ping"], peer.ExpectMessage());
                peer.SendMessage("", "pong");
                peer.ExpectEnd();
            },
            new UnixDomainSocketEndPoint(isAbstract ? $"\0{name[1..]}" : name)));

        var connection = Connect($"ipc://{name}", new NameResolver(), TimeProvider.System);
        _handler.WaitFor("OnOpened");
        connection.Send(ZmtpMessage.FromText("ping"));

        _handler.WaitFor("OnMessage");
        Assert.Equal("pong", RecordingOutput.Text(_handler.Messages[0]));
        Assert.Null(connection.Timings.Resolve);
    }

    [Fact]
    public void Start_NoSuchUnixSocket_IsRefused()
    {
        using var directory = new TemporaryDirectory();

        Connect($"ipc://{directory.Path}/nobody.sock", new NameResolver(), TimeProvider.System);

        var error = _handler.WaitForError();
        Assert.Equal(ZmtpErrorCode.Refused, error.Code);
        Assert.Contains("there is no such socket", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_UnixSocketOfADeadServer_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "dead.sock");
        using (var dead = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path)); // and never listens
            Connect($"ipc://{path}", new NameResolver(), TimeProvider.System);
            Assert.Equal(ZmtpErrorCode.Refused, _handler.WaitForError().Code);
        }
    }

    [Fact]
    public void Start_UnixSocketWithAFullBacklog_WaitsAndThenIsAConnectTimeout()
    {
        using var directory = new TemporaryDirectory();
        var address = new UnixDomainSocketEndPoint(Path.Combine(directory.Path, "full.sock"));
        using var listener = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen(0);
        using var filler = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified);
        filler.Connect(address);

        Connect($"ipc://{directory.Path}/full.sock", new NameResolver(), TimeProvider.System, timeout: TimeSpan.FromMilliseconds(300));

        var error = _handler.WaitForError();
        Assert.Equal(ZmtpErrorCode.ConnectTimeout, error.Code);
        Assert.Contains("backlog is full", error.Message, StringComparison.Ordinal);
    }
}
