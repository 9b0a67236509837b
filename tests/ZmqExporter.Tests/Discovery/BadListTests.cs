using ZmqExporter.Tests.Configuration;

namespace ZmqExporter.Tests.Discovery;

/// <summary>Every rule of a list of targets has a bad file and the errors that it must give, word for word.</summary>
public sealed class BadListTests
{
    private const string GoldenSuffix = ".errors.txt";

    private const string Config = """
        modules:
          ping: {prober: request, send: [ping]}
          by_netmq: {extends: ping, client: netmq}
          slow: {extends: ping, timeout: 20s}
        targets:
          - {name: mended, endpoint: "tcp://a:1", modules: [slow], interval: 30s}
        """;

    private static readonly string Bad = Path.Combine(AppContext.BaseDirectory, "Discovery", "Bad");

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Bad).Select(path => Path.GetFileName(path)).Where(name => !name.EndsWith(".txt", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_BadList_GivesItsGoldenErrors(string name)
    {
        var lists = Parsed.Lists(Config);

        var result = lists.Read(File.ReadAllText(Path.Combine(Bad, name)), name, name.EndsWith(".json", StringComparison.Ordinal));

        Assert.Empty(result.Targets);
        var golden = Path.Combine(Bad, Path.ChangeExtension(name, GoldenSuffix));
        Assert.Equal(File.Exists(golden) ? File.ReadAllText(golden) : "", string.Concat(result.Errors.Select(error => $"{error}\n")));
        Assert.All(result.Errors, error => Assert.NotEmpty(error.Remedy));
    }

    [Fact]
    public void Bad_Directory_HasAListForEachGolden() => Assert.Equal(
        Directory.GetFiles(Bad, "*" + GoldenSuffix).Length, Directory.GetFiles(Bad).Length / 2.0);
}
