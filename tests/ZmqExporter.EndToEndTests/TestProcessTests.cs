namespace ZmqExporter.EndToEndTests;

/// <summary>What may not happen in the process of these tests, whatever their order.</summary>
public sealed class TestProcessTests
{
    // NetMQ has one context in a process, and whoever opens the first socket decides how many I/O threads it has. That has to be our own
    // client, whose sockets each choose theirs: servers and workers on NetMQ are processes of tests/NetMqPeer.
    [Fact]
    public void Tests_OfThisAssembly_OpenNoNetMqSocketThemselves() =>
        Assert.DoesNotContain(typeof(TestProcessTests).Assembly.GetReferencedAssemblies(), assembly => assembly.Name == "NetMQ");
}
