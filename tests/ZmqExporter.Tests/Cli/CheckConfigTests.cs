using System.Text.Json;
using ZmqExporter.Cli;

namespace ZmqExporter.Tests.Cli;

public sealed class CheckConfigTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zmq_exporter_check_");

    [Fact]
    public async Task CheckConfig_ErrorsOfTheConfigAndOfItsFiles_ComeTogether()
    {
        Write("list.yml", "- targets: [127.0.0.1:5]\n  labels: {__zmq_modules__: nothing}\n");
        var file = Write("zmq.yml", "defaults: {interval: 5}\nmodules: {ping: {prober: handshake, timeout: x}}\ntarget_files: [list.yml]\n");

        var (exitCode, output, error) = await CommandRun.RunAsync("check-config", file);

        Assert.Equal((1, ""), (exitCode, output));
        var lines = error.TrimEnd().Split('\n');
        Assert.Equal(
            [$"{file}:1:22: defaults.interval", $"{file}:2:46: modules.ping.timeout", $"{_directory}/list.yml:1:13: [0].targets[0]", $"{_directory}/list.yml:2:29: [0].labels.__zmq_modules__"],
            lines.Select(line => string.Join(": ", line.Split(": ")[..2])),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task CheckConfig_ErrorsAndWarningsOfLists_ComeByFileAndPlace()
    {
        Write("a.yml", "- targets: [\"tcp://h:1\"]\n- targets: [\"tcp://h:1\"]\n");
        Write("c.yml", "- targets: [h]\n");
        Write("b.yml", "- targets: [\"tcp://h:2\"]\n  labels: {__zmq_modul__: ping}\n");
        var file = Write("zmq.yml", "modules: {ping: {prober: handshake}}\ndefaults: {modules: [ping]}\ntarget_files: [c.yml, a.yml, b.yml]\n");

        var (exitCode, _, error) = await CommandRun.RunAsync("check-config", file);

        Assert.Equal(1, exitCode);
        var lines = error.TrimEnd().Split('\n');
        Assert.Equal(
            [$"{_directory}/a.yml:2", $"{_directory}/c.yml:1"],
            lines.Where(line => !line.Contains(": warning: ", StringComparison.Ordinal)).Select(Place),
            StringComparer.Ordinal);
        Assert.Equal($"{_directory}/b.yml:2", Place(Assert.Single(lines, line => line.Contains(": warning: ", StringComparison.Ordinal))));

        static string Place(string line) => string.Join(':', line.Split(':')[..2]);
    }

    [Fact]
    public async Task CheckConfig_Json_HasErrorsAndWarningsInOneObject()
    {
        var file = Write("zmq.yml", "modules: {ping: {prober: handshake, timeot: 1s}}\ntargets: [{name: “a”}]\n");

        var (exitCode, output, error) = await CommandRun.RunAsync("check-config", "--json", file);

        Assert.Equal((1, ""), (exitCode, error));
        using var json = JsonDocument.Parse(output);
        Assert.Equal(["file", "ok", "errors", "warnings", "modules", "targets"], json.RootElement.EnumerateObject().Select(member => member.Name), StringComparer.Ordinal);
        Assert.False(json.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal(3, json.RootElement.GetProperty("errors").GetArrayLength());
        Assert.Equal(
            $$"""{"file":"{{file}}","line":1,"column":37,"path":"modules.ping.timeot","message":"unknown key","remedy":"did you mean timeout? Known keys: extends, prober, interval, timeout, client, max_connection_age, policy, buckets, ping, security, socket, connection"}""",
            json.RootElement.GetProperty("errors")[0].GetRawText());
        Assert.Equal("targets[0].name", Assert.Single(json.RootElement.GetProperty("warnings").EnumerateArray().ToArray()).GetProperty("path").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("targets").ValueKind);
    }

    [Fact]
    public async Task CheckConfig_Show_PrintsEachSettingWithItsOriginAndNoSecret()
    {
        Write("list.yml", "- targets: [\"tcp://h:2\"]\n");
        var file = Write(
            "zmq.yml",
            """
            defaults: {modules: [ping]}
            modules:
              ping: {prober: request, timeout: 1s, send: [{json: {user: a, password: hunter2}}], security: {mechanism: plain, username: bob, password: hunter2}}
              idle: {prober: handshake}
            targets: [{name: orders, endpoint: "tcp://h:1", interval: 5s}]
            target_files: [list.yml]
            """);

        var (exitCode, output, error) = await CommandRun.RunAsync("check-config", file, "--show");

        Assert.Equal(0, exitCode);
        Assert.Equal($"{file}:4:9: warning: modules.idle: no target uses this module; add it to the modules of a target, or remove it\n", error);
        Assert.StartsWith("orders with module ping\n", output, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^  interval +5s +# target, {file}:5:59$", output);
        Assert.Matches($@"(?m)^  timeout +1s +# module ping, {file}:3:36$", output);
        Assert.Contains("{user: a, password: <secret>}", output, StringComparison.Ordinal);
        Assert.Matches("(?m)^  security.password +<secret> +# module ping", output);
        Assert.Matches("(?m)^  policy.down_after +3 +# built-in default$", output);
        Assert.Matches($@"(?s)\n\ntcp://h:2 with module ping\n  endpoint +tcp://h:2 +# target list, {_directory}/list.yml:1:13\n", output);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckConfig_ShowAsJson_NamesLayerFileAndLine()
    {
        var file = Write("zmq.yml", "targets: [{name: a, endpoint: \"tcp://h:1\", modules: [transport]}]\ntarget_urls: [{url: \"http://h/list\"}]\n");

        var (exitCode, output, _) = await CommandRun.RunAsync("check-config", "--json", "--show", file);
        var (_, text, _) = await CommandRun.RunAsync("check-config", "--show", file);

        Assert.Equal(0, exitCode);
        using var json = JsonDocument.Parse(output);
        var target = Assert.Single(json.RootElement.GetProperty("effective").EnumerateArray().ToArray());
        Assert.Equal(("a", "transport"), (target.GetProperty("target").GetString(), target.GetProperty("module").GetString()));
        var settings = target.GetProperty("settings").EnumerateArray().ToDictionary(setting => setting.GetProperty("key").GetString()!, setting => setting.GetRawText(), StringComparer.Ordinal);
        Assert.Equal($$"""{"key":"endpoint","value":"tcp://h:1","from":"target","module":null,"file":"{{file}}","line":1}""", settings["endpoint"]);
        Assert.Equal("""{"key":"prober","value":"handshake","from":"module","module":"transport","file":null,"line":null}""", settings["prober"]);
        Assert.Equal("""{"key":"timeout","value":"2s","from":"built_in","module":null,"file":null,"line":null}""", settings["timeout"]);
        Assert.EndsWith("\n# and the targets of http://h/list, which is not asked here\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckConfig_Urls_AreNotAsked()
    {
        var file = Write("zmq.yml", "target_urls: [{url: \"http://h/list\"}]\n");

        Assert.Equal((0, $"{file}: ok, 0 modules, 0 targets, and those of 1 URL, which are not asked here\n", ""), await CommandRun.RunAsync("check-config", file));
    }

    [Fact]
    public async Task CheckConfig_WarningOfAWebConfig_HasItsWordBehindThePlace()
    {
        var file = Write("web.yml", "tls_server_config: {min_version: TLS13}\n");

        var (exitCode, _, error) = await CommandRun.RunAsync("check-config", "--web", file);

        Assert.Equal(0, exitCode);
        Assert.Matches($"^{file}:1:[0-9]+: warning: tls_server_config[^:]*: there is no certificate, so", error);
    }

    [Theory]
    [InlineData("--web", "--show", "x")]
    [InlineData("--web", "--json", "x")]
    [InlineData("--web", "-")]
    public async Task CheckConfig_WebWithFlagsOfTheOther_IsAUsageError(params string[] arguments)
    {
        var (exitCode, _, error) = await CommandRun.RunAsync(["check-config", .. arguments]);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains("--web goes with neither --show, --json nor the standard input", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_InputWithoutAnEnd_IsReadNoFurtherThanAFile()
    {
        using var input = new Endless();

        var result = ConfigCheck.Load(input);

        Assert.Equal("standard input: the config file is larger than 16384 KiB; make it smaller, or check that it is the right file", Assert.Single(result.Errors).ToString());
        Assert.InRange(input.Position, 1 << 24, (1 << 24) + 1);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Empty lines, as <c>yes ''</c> writes them.</summary>
    private sealed class Endless : MemoryStream
    {
        private long _read;

        public override long Position { get => _read; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            Assert.InRange(_read, 0, 1 << 26);
            buffer.Fill((byte)'\n');
            _read += buffer.Length;
            return buffer.Length;
        }
    }
}
