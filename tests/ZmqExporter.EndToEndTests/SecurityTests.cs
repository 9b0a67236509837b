using System.Net;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using ZmqExporter.EndToEndTests.Scenarios;
using Zmtp.Security;
using static ZmqExporter.EndToEndTests.Harness.Credentials;

namespace ZmqExporter.EndToEndTests;

/// <summary>PLAIN, CURVE and ZAP against real libzmq.</summary>
public sealed class SecurityTests
{
    /// <summary>Peer arguments, the module's security, and what the verdict must say.</summary>
    public static TheoryData<string, string, string> Refusals => new()
    {
        // CURVE: a server key that is another one's ends in FIN.
        { CurvePeer(), Curve(Client.PublicKey, Client), "after our HELLO: the server did not accept it, probably because server_public_key is not this server's key" },
        { CurvePeer($"--allow {Server.PublicKey}"), Curve(Server.PublicKey, Client), $"ERROR 400: the server's ZAP handler denied access; our key is not allowed there: the server has to allow the public key {Client.PublicKey}" },
        { CurvePeer($"--allow {Client.PublicKey}"), Curve(Server.PublicKey, null), "ERROR 400: the server's ZAP handler denied access; no client_secret_key is set" },
        { CurvePeer("--zap 400"), Curve(Server.PublicKey, Client), "ERROR 400: the server's ZAP handler denied access" },
        { CurvePeer("--zap 500"), Curve(Server.PublicKey, Client), "ERROR 500: the server's ZAP handler failed" },
        { CurvePeer("--zap 300"), Curve(Server.PublicKey, Client), "after our INITIATE: probably the server's ZAP handler does not allow our client key" },
        { CurvePeer("--zap silent"), Curve(Server.PublicKey, Client), "said nothing more after our INITIATE" },

        // PLAIN: libzmq writes its ERROR in a way of its own.
        { $"--plain probe:{Password}", Plain("probe", "wrong-one"), "ERROR 400: the server's ZAP handler denied access" },
        { $"--plain probe:{Password}", Plain("nobody", Password), "ERROR 400: the server's ZAP handler denied access; the user name or the password is wrong" },
        { $"--plain probe:{Password} --zap 500", Plain("probe", Password), "ERROR 500: the server's ZAP handler failed" },
        { $"--plain probe:{Password} --zap 300", Plain("probe", Password), "after our HELLO: probably the server's ZAP handler does not allow the user name or password" },
        { $"--plain probe:{Password} --zap silent", Plain("probe", Password), "said nothing more after our HELLO" },

        // NULL: the handler may deny an address, and says so before our READY.
        { "--zap 400", "{mechanism: null}", "ERROR 400: the server's ZAP handler denied access; NULL has no credentials" },
        { "--zap 500", "{mechanism: null}", "ERROR 500: the server's ZAP handler failed" },
    };

    public static TheoryData<string, string> Welcomes => new()
    {
        { CurvePeer(), Curve(Server.PublicKey, Client) },
        { CurvePeer(), Curve(Server.PublicKey, null) },
        { CurvePeer($"--allow {Client.PublicKey}"), Curve(Server.PublicKey, Client) },
        { CurvePeer("--zap 200"), Curve(Server.PublicKey, null) },
        { $"--plain probe:{Password}", Plain("probe", Password) },
        { $"--plain probe:{Password} --zap 200", Plain("any", "thing") },
        { "--zap 200", "{mechanism: null}" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Probe_ServerThatRefuses_IsAuthInWordsAndShowsNoSecret(string peer, string security, string words)
    {
        await using var server = await PythonPeer.StartAsync("rep_server.py", peer.Split(' '));
        using var directory = new TempDirectory();
        var config = directory.Write("zmq_exporter.yml", Modules(security));

        var result = await ExporterProcess.RunAsync("probe", server.Endpoint, "--json", "--module", "transport", "--config.file", config);

        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal("auth", json.RootElement.GetProperty("reason").GetString());
        Assert.Equal(2, result.ExitCode);
        Assert.True(json.RootElement.GetProperty("reachable").GetBoolean()); // it has greeted us: somebody is there
        Assert.Contains(words, json.RootElement.GetProperty("verdict").GetString(), StringComparison.Ordinal);
        AssertNoSecret(result.Output + result.Error);
    }

    [Theory]
    [MemberData(nameof(Welcomes))]
    public async Task Probe_ServerThatAccepts_IsOk(string peer, string security)
    {
        using var directory = new TempDirectory();
        var config = directory.Write("zmq_exporter.yml", Modules(security));
        foreach (var (script, module) in new[] { ("rep_server.py", "ping"), ("router.py", "echo") })
        {
            await using var server = await PythonPeer.StartAsync(script, peer.Split(' '));

            var result = await ExporterProcess.RunAsync("probe", server.Endpoint, "--module", module, "--config.file", config);

            Assert.True(result.ExitCode == 0, $"{script} {module}: {result.Output}{result.Error}");
            AssertNoSecret(result.Output + result.Error);
        }
    }

    public static TheoryData<string> Echoes => new(
        $"bad password {Password}",
        $"{new string('-', 30)}{Password}", // an excerpt ends within it
        $"Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{User}:{Password}"))}",
        Convert.ToBase64String(Encoding.ASCII.GetBytes($"a{Password}b")).TrimEnd('='),
        Convert.ToHexString(Encoding.ASCII.GetBytes(Password)),
        string.Join(' ', Encoding.ASCII.GetBytes(Password).Select(b => Convert.ToHexStringLower([b]))),
        string.Concat(Password.Reverse()));

    [Theory]
    [MemberData(nameof(Echoes))]
    public async Task Serve_ServerSaysThePasswordInAForm_ItIsMaskedEverywhere(string echo)
    {
        await using var server = await PythonPeer.StartAsync("rep_server.py", "--plain", $"{User}:{Password}");
        await server.CommandAsync($"reply {echo}");
        using var directory = new TempDirectory();
        var config = Modules(Plain(User, Password));
        await using var exporter = await ExporterProcess.StartAsync(
            "defaults: {interval: 1s, timeout: 900ms, policy: {late_after: 400ms}}\n" + config + $"targets: [{{name: server, endpoint: \"{server.Endpoint}\", modules: [ping]}}]\n",
            "--log.level=debug");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "server").State == "down");

        var probe = await ExporterProcess.RunAsync("probe", server.Endpoint, "--module", "ping", "--config.file", directory.Write("probe.yml", config));

        var log = string.Join('\n', exporter.LogLines);
        var page = await exporter.GetTextAsync("/");
        Assert.Equal(2, probe.ExitCode);
        string[] others = [await exporter.GetTextAsync("/metrics"), await exporter.GetTextAsync("/targets/server/ping"), await exporter.GetTextAsync("/api/v1/targets/server/ping")];
        foreach (var text in (string[])[log, page, probe.Output, .. others])
        {
            AssertNoSecret(text);
            Assert.DoesNotContain(echo.Substring(echo.Length / 2, 8), text, StringComparison.Ordinal);
        }

        Assert.All([log, WebUtility.HtmlDecode(page), probe.Output], text => Assert.Contains("<password>", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_SecuredTargets_EachItsOwnStateAndNoSecretAnywhere()
    {
        await using var curve = await PythonPeer.StartAsync("rep_server.py", CurvePeer($"--allow {Client.PublicKey}").Split(' '));
        await using var plain = await PythonPeer.StartAsync("rep_server.py", "--plain", $"probe:{Password}");
        await using var exporter = await ExporterProcess.StartAsync(
            $$$"""
            defaults: {interval: 1s, timeout: 900ms, policy: {late_after: 400ms}}
            modules:
              ping: {prober: request, send: [ping], expect: [{equals: pong}]}
              curve: {extends: ping, security: {{{Curve(Server.PublicKey, Client)}}}}
              transport: {prober: handshake, security: {{{Curve(Server.PublicKey, Client)}}}}
              wrong_server: {extends: ping, security: {{{Curve(Client.PublicKey, Client)}}}}
              wrong_client: {extends: ping, security: {{{Curve(Server.PublicKey, null)}}}}
              plain: {extends: ping, security: {{{Plain("probe", Password)}}}}
              wrong_password: {extends: ping, security: {{{Plain("probe", "wrong-one")}}}}
              open: {extends: ping}
            targets:
              - {name: curve, endpoint: "{{{curve.Endpoint}}}", modules: [curve]}
              - {name: wrong_server, endpoint: "{{{curve.Endpoint}}}", modules: [wrong_server]}
              - {name: wrong_client, endpoint: "{{{curve.Endpoint}}}", modules: [wrong_client]}
              - {name: transport, endpoint: "{{{curve.Endpoint}}}", modules: [transport]}
              - {name: plain, endpoint: "{{{plain.Endpoint}}}", modules: [plain]}
              - {name: wrong_password, endpoint: "{{{plain.Endpoint}}}", modules: [wrong_password]}
              - {name: open, endpoint: "{{{curve.Endpoint}}}", modules: [open]}
            """,
            "--log.level=debug");
        string[] refused = ["wrong_server", "wrong_client", "wrong_password"];

        var samples = await exporter.EventuallyAsync(samples =>
            refused.Append("open").All(name => TargetView.Of(samples, name).State == "down")
            && refused.All(name => TargetView.AllMissesAre(samples, name, "auth") && Questions(samples, name) == (1, 0, 0))
            && TargetView.AllMissesAre(samples, "open", "mechanism")
            && TargetView.Of(samples, "curve").Probes >= 4 && TargetView.Of(samples, "plain").Probes >= 4);

        foreach (var (name, mechanism) in new[] { ("curve", "CURVE"), ("plain", "PLAIN") })
        {
            Assert.Equal((1, 1, 1), Questions(samples, name));
            Assert.Equal(0, TargetView.Of(samples, name).Missed);
            Assert.Equal(1, TargetView.Events(samples, name, "handshake_succeeded"));
            Assert.Equal(1, samples.Value("zmq_peer_info", ("target", name), ("mechanism", mechanism)));
        }

        Assert.Equal((1, null, null), Questions(samples, "transport"));
        AssertNoSecret(samples.Text + string.Join('\n', exporter.LogLines) + await exporter.GetTextAsync("/"));
    }

    [Fact]
    public async Task Serve_CurveApplicationHangs_ReachableByThePongAndNotResponsive()
    {
        await using var peer = await PythonPeer.StartAsync("rep_server.py", CurvePeer().Split(' '));
        await using var exporter = await ExporterProcess.StartAsync(
            "defaults: {interval: 1s, timeout: 900ms, policy: {late_after: 400ms}}\n" + Modules(Curve(Server.PublicKey, Client))
            + $"targets: [{{name: server, endpoint: \"{peer.Endpoint}\", modules: [ping]}}]\n");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "server").State == "up");

        await peer.CommandAsync("hang");
        var hung = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "server").State == "down");

        Assert.Equal((1, 0, 0), Questions(hung, "server"));
        Assert.True(TargetView.Failures(hung, "server", "reply_timeout") >= 3);
        await peer.CommandAsync("resume");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "server") is { State: "up", Stale: > 0 });
    }

    [Fact]
    public async Task Keygen_OnStdout_IsAPairThatLibzmqTakes()
    {
        var result = await ExporterProcess.RunAsync("keygen");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.Output.Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Matches("^public_key: [^ ]{40}$", lines[0]);
        Assert.Matches("^secret_key: [^ ]{40}$", lines[1]);
        var (publicKey, secretKey) = (lines[0]["public_key: ".Length..], lines[1]["secret_key: ".Length..]);
        await using var python = ChildProcess.Start(
            PythonPeer.Python, ["-c", "import sys, zmq; print(zmq.curve_public(sys.argv[1].encode()).decode())", secretKey], PythonPeer.Install);
        Assert.Equal(0, await python.WaitForExitAsync());
        Assert.Equal(publicKey, Assert.Single(python.Output));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Keygen_SecretFile_IsForItsOwnerAndIsNeverOverwritten()
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "client.key");

        var first = await ExporterProcess.RunAsync("keygen", "--secret-file", path);
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var second = await ExporterProcess.RunAsync("keygen", $"--secret-file={path}");
        var nowhere = await ExporterProcess.RunAsync("keygen", "--secret-file", Path.Combine(directory.Path, "none", "client.key"));

        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.True(CurveKeyPair.TryParse(text.TrimEnd('\n'), out var pair, out _));
        Assert.Equal($"public_key: {pair.PublicKey}\nsecret_key_file: {path}", first.Output);
        Assert.Equal((1, ""), (second.ExitCode, second.Output));
        Assert.Contains("exists already", second.Error, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal((1, ""), (nowhere.ExitCode, nowhere.Output));
        Assert.Contains("cannot be written", nowhere.Error, StringComparison.Ordinal);
    }

    private static (double?, double?, double?) Questions(MetricSamples samples, string target)
    {
        var view = TargetView.Of(samples, target);
        return (view.Reachable, view.Responsive, view.Ready);
    }

    private static void AssertNoSecret(string text)
    {
        Assert.DoesNotContain(Client.ExportSecretKey(), text, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, text, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-one", text, StringComparison.Ordinal);
    }

    private static string Modules(string security) =>
        $$$"""
        modules:
          ping: {prober: request, send: [ping], expect: [{equals: pong}], security: {{{security}}}}
          echo: {prober: request, socket: dealer, send: ["{token}"], expect: [{equals: "{token}"}], security: {{{security}}}}
          transport: {prober: handshake, security: {{{security}}}}

        """;

    private static string CurvePeer(string more = "") => $"--curve {Server.ExportSecretKey()} {more}".TrimEnd();
}
