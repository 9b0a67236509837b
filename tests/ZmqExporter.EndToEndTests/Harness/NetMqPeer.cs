namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>Servers and workers on NetMQ: the program in tests/NetMqPeer, never in the process of the tests.</summary>
internal static class NetMqPeer
{
    private const string Build = "build the solution first";

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <param name="kind">rep, router, pub, push, matrix or a worker.</param>
    /// <param name="arguments">Its arguments, such as <c>--port=5555</c>.</param>
    public static Task<ServerPeer> StartAsync(string kind, params string[] arguments) =>
        ServerPeer.WhenReadyAsync(StartProcess([kind, .. arguments]));

    /// <summary>Starts the program with any command line.</summary>
    public static ChildProcess StartProcess(params string[] arguments) => ChildProcess.Start(BuiltProgram.Path("NetMqPeer", "NetMqPeer"), arguments, Build);
}
