using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.Tests.Configuration;

/// <summary>Every rule of the config has a bad file and the errors that it must give, word for word.</summary>
public class BadConfigTests
{
    private const string GoldenSuffix = ".errors.txt";

    private static readonly string Bad = Path.Combine(AppContext.BaseDirectory, "Configuration", "Bad");

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Bad).Select(NameOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Load_BadFile_GivesItsGoldenErrors(string name)
    {
        var golden = Path.Combine(Bad, name + GoldenSuffix);
        Assert.True(File.Exists(Path.Combine(Bad, name + ".yml")), $"{name} has golden errors and no config");
        Assert.True(File.Exists(golden), $"{name} has no golden errors");

        var result = ConfigLoader.Load(name + ".yml", Inputs());

        Assert.Null(result.Config);
        Assert.Equal(File.ReadAllText(golden), string.Concat(result.Errors.Select(error => $"{error}\n")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Load_BadFile_NamesPlaceAndRemedyOfEachError(string name)
    {
        foreach (var error in ConfigLoader.Load(name + ".yml", Inputs()).Errors)
        {
            Assert.NotEmpty(error.Message);
            Assert.NotEmpty(error.Remedy);
            Assert.Equal(error.Line == 0, error.Column == 0);
        }
    }

    [Fact]
    public void Bad_Directory_HasManyDistinctPairs()
    {
        var goldens = Directory.GetFiles(Bad, "*" + GoldenSuffix);
        var texts = goldens.Select(File.ReadAllText).Select(text => text[text.IndexOf(' ', StringComparison.Ordinal)..]);

        Assert.True(texts.Distinct(StringComparer.Ordinal).Count() >= 40);
        Assert.Equal(goldens.Length, texts.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Load_SeveralErrors_GivesAllOfThemByPlace()
    {
        var errors = ConfigLoader.Load("several_at_once.yml", Inputs()).Errors;

        Assert.True(errors.Length >= 8);
        Assert.Equal(errors.OrderBy(error => error.Line).ThenBy(error => error.Column), errors);
    }

    private static ConfigInputs Inputs() => new()
    {
        Environment = name => name switch { "SECRET" => "s3cr3t(", "EMPTY" => "", _ => null },
        ReadFile = (path, limit) => path switch
        {
            "good.txt" => "hunter2\n"u8.ToArray(),
            "empty.txt" => "\n"u8.ToArray(),
            "large.txt" => new byte[limit],
            "binary.txt" => [0xff, 0x00],
            "/etc/denied.txt" => throw new UnauthorizedAccessException(),
            _ when !path.EndsWith(".yml", StringComparison.Ordinal) => throw new FileNotFoundException(),
            _ => File.ReadAllBytes(Path.Combine(Bad, path)),
        },
    };

    private static string NameOf(string path)
    {
        var name = Path.GetFileName(path);
        return name[..name.IndexOf('.', StringComparison.Ordinal)];
    }
}
