namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>Servers on NetMQ: the program in tests/NetMqPeer.</summary>
internal static class NetMqPeer
{
    private const string Build = "build the solution first";

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <param name="kind">rep, router or pub.</param>
    /// <param name="arguments">Its arguments, such as <c>--port=5555</c>.</param>
    public static Task<ServerPeer> StartAsync(string kind, params string[] arguments) =>
        ServerPeer.WhenReadyAsync(ChildProcess.Start(BuiltProgram.Path("NetMqPeer", "NetMqPeer"), [kind, .. arguments], Build));
}
