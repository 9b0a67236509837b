using System.Net.Sockets;

namespace Zmtp.Tests;

public sealed class ScriptedServerTests
{
    [Fact]
    public void Dispose_ScriptThatThrew_FailsTheTest()
    {
        var server = new ScriptedServer(_ => throw new InvalidOperationException("what the script asserts does not hold"));
        using var client = new TcpClient("127.0.0.1", server.Port);
        Eventually.True(() => server.Failures.Count > 0);

        var error = Assert.Throws<AggregateException>(server.Dispose);

        Assert.IsType<InvalidOperationException>(Assert.Single(error.InnerExceptions));
    }

    [Fact]
    public void Dispose_ScriptThatThrowsAtTheEnd_FailsTheTest()
    {
        var started = false;
        var server = new ScriptedServer(peer =>
        {
            Volatile.Write(ref started, true);
            peer.ExpectEnd(); // which the disposal brings
            throw new InvalidOperationException("what the script asserts does not hold");
        });
        using var client = new TcpClient("127.0.0.1", server.Port);
        Eventually.True(() => Volatile.Read(ref started));

        Assert.Contains("what the script asserts does not hold", Assert.Throws<AggregateException>(server.Dispose).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_ScriptThatWaitedInVain_FailsTheTest()
    {
        var server = new ScriptedServer(peer =>
        {
            peer.Socket.ReceiveTimeout = 10;
            peer.Expect(1);
        });
        using var client = new TcpClient("127.0.0.1", server.Port);
        Eventually.True(() => server.Failures.Count > 0);

        Assert.IsType<TimeoutException>(Assert.Single(Assert.Throws<AggregateException>(server.Dispose).InnerExceptions));
    }

    [Fact]
    public void Dispose_ClientThatWentAway_IsNoFailure()
    {
        var server = new ScriptedServer(peer => peer.Expect(1));
        new TcpClient("127.0.0.1", server.Port).Dispose();
        Eventually.True(() => server.Accepted > 0);

        server.Dispose();

        Assert.Empty(server.Failures);
    }
}
