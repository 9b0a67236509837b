namespace ZmqExporter.EndToEndTests.Heartbeats;

/// <summary>The files of docs/protocol/responders, each started as its first lines say.</summary>
internal static class Responders
{
    private static readonly string NodeModules = Path.Combine(Repository.Root, "artifacts", "node", "node_modules");
    private static readonly string Jar = "/usr/share/java/jeromq.jar";

    /// <summary>Where they are.</summary>
    public static string Directory { get; } = Path.Combine(Repository.Root, "docs", "protocol", "responders");

    /// <summary>Starts one in Python.</summary>
    public static ChildProcess Python(string file, params string[] arguments) =>
        ChildProcess.Start(PythonPeer.Python, ["-B", Path.Combine(Directory, file), .. arguments], PythonPeer.Install);

    /// <summary>Starts one by its file; null where this machine cannot, which the test says.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="endpoint">Where it answers.</param>
    /// <param name="build">Where programs are built.</param>
    public static async Task<ChildProcess?> StartAsync(string file, string endpoint, string build)
    {
        switch (file)
        {
            case "heartbeat.c":
                return await BuiltAsync("gcc", ["-Wall", "-Wextra", "-Werror"], file, ["-lczmq", "-lzmq"], endpoint, build, "apt-get install gcc libczmq-dev");
            case "heartbeat.cpp":
                return await BuiltAsync("g++", ["-std=c++17", "-Wall", "-Wextra", "-Werror"], file, ["-lzmq"], endpoint, build, "apt-get install g++ cppzmq-dev");
            case "Heartbeat.cs":
                return NetMqPeer.StartProcess("heartbeat", endpoint);
            case "heartbeat.js":
                return System.IO.Directory.Exists(Path.Combine(NodeModules, "zeromq"))
                    ? ChildProcess.Start("env", [$"NODE_PATH={NodeModules}", "node", Path.Combine(Directory, file), endpoint], "install Node.js")
                    : NotHere("node, npm or the package zeromq");
            case "Heartbeat.java":
                return File.Exists(Jar) && File.Exists("/usr/bin/javac")
                    ? ChildProcess.Start("java", ["-cp", Jar, Path.Combine(Directory, file), endpoint], "install a JDK")
                    : NotHere("a JDK or the package libjeromq-java");
            case "heartbeat_asyncio.py":
                return Python(file, "tcp://127.0.0.1:*", endpoint);
            default:
                return Python(file, endpoint);
        }
    }

    private static ChildProcess? NotHere(string what)
    {
        TestContext.Current.AddWarning($"not tested here: {what} is missing");
        return null;
    }

    private static async Task<ChildProcess> BuiltAsync(string compiler, string[] flags, string file, string[] libraries, string endpoint, string build, string install)
    {
        var program = Path.Combine(build, "heartbeat");
        await using (var process = ChildProcess.Start(compiler, [.. flags, Path.Combine(Directory, file), .. libraries, "-o", program], install))
        {
            Assert.True(await process.WaitForExitAsync() == 0, process.Transcript());
        }

        return ChildProcess.Start(program, [endpoint], "it was built just now");
    }
}
