using System.Text.Json;

namespace ZmqExporter.EndToEndTests.Heartbeats;

/// <summary>The responders and publishers of docs/heartbeat.md keep to the protocol, and the exporter understands them; servers that break a rule fail by it.</summary>
public sealed class ResponderTests
{
    [Theory]
    [InlineData("heartbeat.py")]
    [InlineData("heartbeat_asyncio.py")]
    [InlineData("worker.py")]
    [InlineData("heartbeat.c")]
    [InlineData("heartbeat.cpp")]
    [InlineData("Heartbeat.cs")]
    [InlineData("heartbeat.js")]
    public async Task Responder_OfEachLanguage_KeepsToTheProtocol(string file)
    {
        using var build = new TempDirectory();
        using var port = new ReservedPort();
        await using var server = await Responders.StartAsync(file, port.Endpoint, build.Path);
        if (server is not null)
        {
            await ConformsAsync(server, port.Endpoint, "--service", "echo");
            var probe = await ExporterProcess.RunAsync("probe", port.Endpoint, "--module", "heartbeat_service");
            Assert.True(probe.ExitCode is 0 or 1, probe.Output); // 1 is late
            Assert.Contains("zmq_heartbeat_value{name=", probe.Output, StringComparison.Ordinal);
        }
    }

    // Debian's JeroMQ speaks ZMTP 2.0, which NetMQ still does.
    [Fact]
    public async Task Responder_OfJava_AnswersThroughNetMq()
    {
        using var directory = new TempDirectory();
        using var port = new ReservedPort();
        await using var server = await Responders.StartAsync("Heartbeat.java", port.Endpoint, directory.Path);
        if (server is not null)
        {
            var config = directory.Write("zmq.yml", "modules: {beat: {extends: heartbeat, client: netmq, timeout: 5s}}\n");
            var probe = await EventuallyAsync(server, result => result.ExitCode is 0 or 1, "probe", port.Endpoint, "--module", "beat", "--config.file", config);
            Assert.Contains("zmq_heartbeat_value{name=\"queue_depth\"} 0", probe.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("publisher.py", "prices")]
    [InlineData("pipeline.py", "resize")]
    public async Task Publisher_OfEachKind_KeepsToTheProtocol(string file, string service)
    {
        using var port = new ReservedPort();
        string[] arguments = file == "pipeline.py" ? ["tcp://127.0.0.1:*", port.Endpoint, "0.5"] : [port.Endpoint, "0.5"];
        await using var server = Responders.Python(file, arguments);

        await ConformsAsync(server, port.Endpoint, "--feed", "--service", service);
    }

    [Fact]
    public async Task Broker_WithAWorkerBehindIt_AnswersForItselfAndHandsOn()
    {
        using var front = new ReservedPort();
        using var back = new ReservedPort();
        await using var broker = Responders.Python("broker.py", front.Endpoint, back.Endpoint);
        await using var worker = Responders.Python("worker.py", back.Endpoint, "connect");

        // The broker drops what names a service as long as no worker has connected.
        await EventuallyAsync(worker, result => result.ExitCode is 0 or 1, "probe", front.Endpoint, "--module", "heartbeat_service");
        await ConformsAsync(worker, front.Endpoint, "--service", "echo");
        var probe = await ExporterProcess.RunAsync("probe", front.Endpoint, "--module", "heartbeat");
        Assert.Contains("zmq_heartbeat_value{name=\"handed_on\"}", probe.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conformance_ServersThatBreakARule_FailByItInItsWords()
    {
        (string Name, string Check, string Words)[] broken =
        [
            ("cut_at_zero", "token_binary", "the token (frame 1) is \"\", 0 bytes, and must be the request's"),
            ("cut_at_32", "token_64_bytes", ", 32 bytes, and must be the request's"),
            ("id_is_no_token", "token_like_id", "the token (frame 1) is \"\", 0 bytes, and must be the request's"),
            ("first_token", "two_requests", ", 16 bytes, and must be the request's"),
            ("token_of_another", "two_clients", ", 16 bytes, and must be the request's"),
            ("lower_case", "status", "the status (frame 2) is \"serving\" and must be SERVING, NOT_SERVING or UNKNOWN"),
            ("new_instances", "instance_stable", "instances came: each new one is a restart to whoever watches"),
            ("empty_instance", "instance", "the instance (frame 3) is \"\", 0 bytes, and must be 1 to 64 printable ASCII characters"),
            ("any_service", "unknown_service", "the status (frame 2) is \"SERVING\" and must be UNKNOWN"),
            ("bad_details", "details", "these are the details, frame 4, which is no JSON object: 'N' is an invalid start of a value"),
            ("typed_details", "details", "start_time of the details"),
            ("lost_envelope", "envelope_deep", "frame 0 must be the request's frame 0: what stands before ZHB1 is the way back"),
            ("always_delimiter", "envelope_none", "frame 0 must be ZHB1: the reply has a delimiter that the request did not have"),
            ("deaf_after_half", "bad_request", "no reply within 2 s"),
            ("too_short", "token_one_byte", "the reply has 3 frames from ZHB1 on and must have 4 or 5"),
            ("feed_stuck", "sequence", "after 7 came 7: to a watcher beats are lost, or come twice"),
            ("feed_backward", "time", "after 9999999"),
            ("feed_new_instances", "instance_stable", "3 instances came: each new one is a restart to whoever watches"),
            ("feed_without_interval", "beat", "the beat has 6 frames and must have 7 or 8"),
            ("feed_bad_details", "details", "frame 7"),
            ("feed_rare", "interval", "after it no beat came within "),
        ];
        await using var servers = PythonPeer.StartProcess("mutated_heartbeats.py");
        await servers.WaitForLineAsync("^ready$");
        var endpoints = servers.Output.Select(line => line.Split(' ')).Where(words => words.Length == 2).ToDictionary(words => words[0], words => words[1], StringComparer.Ordinal);
        Assert.Equal(0, (await ExporterProcess.RunAsync("conformance", endpoints["good"])).ExitCode);
        Assert.Equal(0, (await ExporterProcess.RunAsync("conformance", endpoints["feed_good"], "--feed")).ExitCode);
        foreach (var (name, check, words) in broken)
        {
            var result = await ExporterProcess.RunAsync(["conformance", endpoints[name], "--json", .. name.StartsWith("feed_", StringComparison.Ordinal) ? (string[])["--feed"] : []]);
            Assert.True(result.ExitCode == 2, $"{name}: {result.Output}");
            using var json = JsonDocument.Parse(result.Output);
            var failed = json.RootElement.GetProperty("checks").EnumerateArray().Where(one => one.GetProperty("outcome").GetString() == "failed")
                .ToDictionary(one => one.GetProperty("name").GetString()!, one => one.GetProperty("problem").GetString()!, StringComparer.Ordinal);
            Assert.True(failed.TryGetValue(check, out var problem), $"{name}: {string.Join(", ", failed.Keys)}");
            Assert.Contains(words, problem, StringComparison.Ordinal);
        }

        Assert.Equal(3, (await ExporterProcess.RunAsync("conformance", "udp://nowhere")).ExitCode);
    }

    private static async Task ConformsAsync(ChildProcess server, string endpoint, params string[] flags)
    {
        var result = await EventuallyAsync(server, result => !result.Output.Contains("connection refused", StringComparison.Ordinal), ["conformance", endpoint, "--timeout", "10s", .. flags]);
        Assert.True(result.ExitCode == 0, result.Output + server.Transcript());
    }

    private static async Task<CommandResult> EventuallyAsync(ChildProcess server, Predicate<CommandResult> isEnough, params string[] arguments)
    {
        CommandResult? last = null;
        return await Eventually.GetAsync(
            async () =>
            {
                last = await ExporterProcess.RunAsync(arguments);
                return isEnough(last) ? last : null;
            },
            Eventually.Deadline,
            () => last?.Output + server.Transcript());
    }
}
