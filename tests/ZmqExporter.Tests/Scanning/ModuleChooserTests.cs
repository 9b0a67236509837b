using ZmqExporter.Modules;
using ZmqExporter.Scanning;
using Zmtp;

namespace ZmqExporter.Tests.Scanning;

public sealed class ModuleChooserTests
{
    [Theory]
    [InlineData("REP", "transport")]
    [InlineData("ROUTER", "transport")]
    [InlineData("DEALER", "transport")]
    [InlineData("PUB", "handshake_sub")]
    [InlineData("XPUB", "handshake_sub")]
    [InlineData("SUB", "handshake_pub")]
    [InlineData("PULL", "handshake_push")]
    [InlineData("PUSH", "handshake_pull")]
    [InlineData("REQ", "handshake_rep")]
    [InlineData("PAIR", "handshake_pair")]
    public void Choose_UnknownProgram_IsAHandshakeThatFitsItsType(string type, string expected)
    {
        var choice = ModuleChooser.Choose(Seen.Null(Seen.At("tcp://127.0.0.1:9000"), type))!;

        Assert.Equal((expected, $"its socket type is {type}", null), (choice.Module, choice.Why, choice.Obstacle));
    }

    [Theory]
    [InlineData("salt-master", "ROUTER", 4506, "saltstack_ping")]
    [InlineData("salt-master", "PUB", 4505, "handshake_sub")]
    [InlineData("bitcoind", "PUB", 28332, "bitcoin_core_blocks")]
    [InlineData("monerod", "REP", 18082, "monero_rpc")]
    [InlineData("circusd", "ROUTER", 5555, "circus_numwatchers")]
    [InlineData("circusd", "PUB", 5557, "circus_stats")]
    [InlineData("ffmpeg", "REP", 7777, "ffmpeg_filter")]
    [InlineData("vllm", "PUB", 5557, "vllm_kv_events")]
    [InlineData("vllm", "ROUTER", 5558, "vllm_kv_replay")]
    [InlineData("mongrel2", "REP", 0, "mongrel2_control")]
    [InlineData("mongrel2", "PUSH", 9000, "handshake_pull")]
    public void Choose_KnownProgram_IsItsModule(string program, string type, int port, string expected)
    {
        var endpoint = port == 0 ? "ipc:///run/control" : $"tcp://127.0.0.1:{port}";

        Assert.Equal(expected, ModuleChooser.Choose(Seen.Null(Seen.At(endpoint, program, program), type))!.Module);
    }

    [Fact]
    public void Choose_UsualPortAlone_IsAHandshakeAndAHint()
    {
        var choice = ModuleChooser.Choose(Seen.Null(Seen.At("tcp://10.0.0.7:4506"), "ROUTER"))!;

        Assert.Equal("transport", choice.Module);
        Assert.Contains("port 4506 is usual for a SaltStack master: if it is that, take saltstack_ping", choice.Notes, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("PUSH", 0, "", true)]
    [InlineData("DEALER", 0, "", true)]
    [InlineData("PUSH", 1, "java", true)]
    [InlineData("PUSH", 1, "", false)]
    [InlineData("REP", 0, "java", false)]
    [InlineData("SERVER", 1, "", true)]
    public void Choose_SocketThatAProbeWouldHarm_IsLeftToPeople(string type, int minor, string command, bool expected) =>
        Assert.Equal(expected, ModuleChooser.Choose(Seen.Null(Seen.At("tcp://a:1", command), type, minor))!.Obstacle is not null);

    [Theory]
    [InlineData("CURVE", "curve", "public key")]
    [InlineData("PLAIN", "plain", "password")]
    [InlineData("GSSAPI", null, "does not speak the mechanism GSSAPI")]
    public void Choose_Secured_CannotKnowItsType(string mechanism, string? security, string obstacle)
    {
        var sighting = Seen.Secured(Seen.At("tcp://10.0.0.7:22916"), mechanism);
        var choice = ModuleChooser.Choose(sighting)!;

        Assert.Equal((security, "transport"), (choice.Security, choice.Module));
        Assert.Contains(obstacle, choice.Obstacle, StringComparison.Ordinal);
        Assert.Equal("cannot know without joining; perhaps ROUTER", ScanWords.SocketType(sighting, choice));
    }

    [Theory]
    [InlineData("python3|-m|ipykernel_launcher|-f|", 1, "jupyter_heartbeat")]
    [InlineData("python3|-m|ipykernel_launcher|-f|", 2, "transport")]
    [InlineData("xpython|-f|", 1, "jupyter_heartbeat")]
    public void Choose_JupyterKernel_GoesByItsConnectionFile(string command, int port, string expected) =>
        Assert.Equal(expected, WithFile("""{"hb_port": 1, "shell_port": 2, "iopub_port": 3, "stdin_port": 4, "control_port": 5, "ip": "127.0.0.1"}""", command, port).Module);

    [Theory]
    [InlineData("""{"hb_port": 1, "shell_port": 2}""")]
    [InlineData("""{"hb_port": 1, "shell_port": 2, "iopub_port": 3, "stdin_port": 4, "control_port": "5"}""")]
    [InlineData("[1]")]
    public void Choose_FileThatIsNoConnectionFile_ProvesNothing(string file) => Assert.Equal("transport", WithFile(file, "kernel|-f|", 1).Module);

    [Fact]
    public void Choose_NoZeroMq_IsNone() => Assert.Null(ModuleChooser.Choose(Seen.Other(Seen.At("tcp://a:22"), ZmtpErrorCode.NotZmtp, "SSH-2.0")));

    [Fact]
    public void Hints_EachOne_IsAModuleThatSaysItsPorts()
    {
        Assert.All(ModuleHint.All, hint =>
        {
            var module = Assert.Single(BuiltInModules.All, module => module.Name == hint.Module);
            Assert.All(hint.Ports, port => Assert.Contains(port.ToString(System.Globalization.CultureInfo.InvariantCulture), module.Text, StringComparison.Ordinal));
        });
    }

    private static ModuleChoice WithFile(string text, string command, int port)
    {
        var file = Path.GetTempFileName() + ".json";
        File.WriteAllText(file, text);
        try
        {
            var program = command[..command.IndexOf('|', StringComparison.Ordinal)];
            return ModuleChooser.Choose(Seen.Null(Seen.At($"tcp://127.0.0.1:{port}", program, command + file), "ROUTER"))!;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
