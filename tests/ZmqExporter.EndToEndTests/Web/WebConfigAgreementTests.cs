using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.EndToEndTests.Web;

/// <summary>What is a good web config for Prometheus' own programs is one for us, and what is a bad one is one for us.</summary>
public sealed class WebConfigAgreementTests
{
    // promtool is of Prometheus 2.42 here, and these keys are newer: rate_limit, cert, key, client_ca, client_allowed_sans.
    private const string NewerThanPromtool = "newer_";

    // Where we are stricter, because nobody could connect, or not as the file says.
    private static readonly string[] Stricter = ["client_ca_not_pem", "client_ca_not_root", "headers_newline", "users_cost", "users_names", "versions_crossed"];

    public static TheoryData<string> Bad => NamesIn("BadWeb");

    public static TheoryData<string> Good => NamesIn("GoodWeb");

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Check_BadFile_IsBadForPromtoolToo(string name)
    {
        using var directory = new TempDirectory();
        var file = Write(directory, "BadWeb", name);

        Assert.NotEmpty(WebConfigLoader.Load(file).Errors);
        Assert.Equal(Stricter.Contains(name, StringComparer.Ordinal), (await Promtool.CheckWebConfigAsync(file)).ExitCode == 0);
    }

    [Theory]
    [MemberData(nameof(Good))]
    public async Task Check_GoodFile_IsGoodForPromtoolToo(string name)
    {
        using var directory = new TempDirectory();
        var file = Write(directory, "GoodWeb", name);

        Assert.Empty(WebConfigLoader.Load(file).Errors);
        Assert.Equal(!name.StartsWith(NewerThanPromtool, StringComparison.Ordinal), (await Promtool.CheckWebConfigAsync(file)).ExitCode == 0);
    }

    [Fact]
    public async Task CheckConfig_Web_PrintsEveryErrorAndEachWarning()
    {
        using var directory = new TempDirectory();
        var bad = await ExporterProcess.RunAsync("check-config", "--web", Write(directory, "BadWeb", "several_at_once"));
        var good = await ExporterProcess.RunAsync("check-config", Write(directory, "GoodWeb", "tls_expired"), "--web");

        Assert.Equal(1, bad.ExitCode);
        Assert.Equal(9, bad.Error.Split('\n').Length);
        Assert.Equal(0, good.ExitCode);
        Assert.EndsWith("tls_expired.yml: ok, TLS", good.Output, StringComparison.Ordinal);
        Assert.Matches(": warning: .*the certificate expired at ", good.Error);
    }

    [Fact]
    public async Task Serve_BadFile_DoesNotStartAndSaysWhy()
    {
        using var directory = new TempDirectory();
        var config = directory.Write("zmq_exporter.yml", Configs.Nothing);

        var result = await ExporterProcess.RunAsync(
            $"--config.file={config}", "--web.listen-address=127.0.0.1:0", $"--web.config.file={Write(directory, "BadWeb", "several_at_once")}");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(9, result.Error.Split('\n').Length);
    }

    private static string Write(TempDirectory directory, string kind, string name)
    {
        WebConfigFiles.WriteTo(directory.Path);
        return directory.Write($"{name}.yml", Repository.Read($"tests/ZmqExporter.Tests/Configuration/{kind}/{name}.yml"));
    }

    private static TheoryData<string> NamesIn(string kind) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests/ZmqExporter.Tests/Configuration", kind), "*.yml")
            .Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal),
    ];
}
