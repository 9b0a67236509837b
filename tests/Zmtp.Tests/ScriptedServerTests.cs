using System.Net.Sockets;
using Zmtp.Tests.Support;

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
    public void Dispose_ClientThatWentAway_IsNoFailure()
    {
        var server = new ScriptedServer(peer => peer.Expect(1));
        new TcpClient("127.0.0.1", server.Port).Dispose();
        Eventually.True(() => server.Accepted > 0);

        server.Dispose();

        Assert.Empty(server.Failures);
    }
}
