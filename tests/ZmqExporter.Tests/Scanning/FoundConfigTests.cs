using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ZmqExporter.Configuration;
using ZmqExporter.Scanning;
using ZmqExporter.Tests.Configuration;
using Zmtp;

namespace ZmqExporter.Tests.Scanning;

public sealed class FoundConfigTests
{
    private const string Key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

    private static readonly ImmutableArray<Sighting> Everything =
    [
        Seen.Null(Seen.At("tcp://127.0.0.1:5555", "python3", "python3|/opt/orders.py"), "REP", metadata: ImmutableSortedDictionary<string, string>.Empty.Add("X-Name", "orders\n- name: evil")),
        Seen.Null(Seen.At("tcp://127.0.0.1:5556", "python3", "python3|/opt/orders.py"), "PUB"),
        Seen.Null(Seen.At("tcp://127.0.0.2:5555", "python3", "python3|/opt/orders.py"), "PULL"),
        Seen.Null(Seen.At("tcp://10.0.0.7:5557"), "PUSH", minor: 0),
        Seen.Null(Seen.At("ipc:///run/it's a socket"), "PAIR"),
        Seen.Null(Seen.At("tcp://10.0.0.7:5558"), "x: [\n- y"),
        Seen.Secured(Seen.At("tcp://[fd00::1]:5559", "orders", ""), "CURVE"),
        Seen.Secured(Seen.At("tcp://10.0.0.7:5560"), "PLAIN"),
        Seen.Other(Seen.At("tcp://127.0.0.1:22", "sshd", ""), ZmtpErrorCode.NotZmtp, "SSH-2.0\r\n"),
        Seen.Other(Seen.At("tcp://127.0.0.1:23") with { IsOfRange = true }, ZmtpErrorCode.Refused),
    ];

    [Fact]
    public void Of_Everything_IsAConfigurationOfWhatCanBeProbed()
    {
        var config = Parsed.Config(FoundConfig.Of(Everything));

        Assert.Equal(
            ["orders-5555 transport", "orders-5556 handshake_sub", "orders-5555-2 handshake_push", "it-s-a-socket handshake_pair"],
            config.Targets.Select(target => $"{target.Name} {target.Module.Name}"),
            StringComparer.Ordinal);
        Assert.Equal("ipc:///run/it's a socket", config.Targets[^1].Endpoint.ToString());
    }

    [Fact]
    public void Of_Everything_IsStillOneWithWhatIsToBeDecided()
    {
        var text = Regex.Replace(FoundConfig.Of(Everything), "(?m)^(?<indent> *)#(?! )", "${indent}", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Replace("PUT-THE-40-CHARACTERS-OF-THE-SERVERS-KEY", $"\"{Key}\"", StringComparison.Ordinal)
            .Replace("PUT-THE-PATH-OF-A-FILE-WITH-THE-PASSWORD-HERE", "/run/password", StringComparison.Ordinal);

        var config = Parsed.Config(text, Parsed.Inputs(files: new Dictionary<string, string>(StringComparer.Ordinal) { ["/run/password"] = "secret" }));

        Assert.Equal(8, config.Targets.Length);
        Assert.IsType<SecurityConfig.Curve>(config.Targets.Single(target => target.Name == "orders-5559").Module.Security);
        Assert.IsType<SecurityConfig.Plain>(config.Targets.Single(target => target.Name == "10.0.0.7-5560").Module.Security);
    }

    [Fact]
    public void Of_Everything_SaysWhatWasSeen()
    {
        var text = FoundConfig.Of(Everything);

        Assert.All(
            [
                "# Made by zmq_exporter discover. Targets: 4, to be decided: 4, no ZeroMQ: 1.",
                "  # tcp://127.0.0.1:5555 of orders (pid 7): ZMTP 3.1 NULL, REP",
                "  # It says of itself: X-Name=orders\\n- name: evil",
                "  # To decide: do not probe it: a PUSH of ZMTP 3.0",
                "#   tcp://127.0.0.1:22 of sshd (pid 7): SSH (it sent \"SSH-2.0\\r\\n\")",
            ],
            line => Assert.Contains($"{line}", text, StringComparison.Ordinal));
        Assert.DoesNotContain("127.0.0.1:23", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Nothing_IsAConfigurationWithoutTargets()
    {
        Assert.Empty(Parsed.Config(FoundConfig.Of([])).Targets);
        Assert.Empty(Parsed.Config(FoundConfig.Of([Everything[6]])).Targets);
    }
}
