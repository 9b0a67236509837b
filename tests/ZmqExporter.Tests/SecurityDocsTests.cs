using System.Text.RegularExpressions;

namespace ZmqExporter.Tests;

public sealed partial class SecurityDocsTests
{
    private static readonly string Text = Repository.Read("docs/security.md");

    private static readonly ILookup<string, string> TestFiles = Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
        .ToLookup(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText, StringComparer.Ordinal);

    /// <summary>What the threat model names as the tests that hold it: a class, or a class and a method.</summary>
    public static TheoryData<string, string> Named => [.. NamedTest().Matches(Text).Select(match => (match.Groups["type"].Value, match.Groups["method"].Value)).Distinct()];

    [Theory]
    [MemberData(nameof(Named))]
    public void ThreatModel_TestThatItNames_Exists(string type, string method)
    {
        Assert.NotEmpty(TestFiles[type]);
        Assert.Contains(TestFiles[type], source => method.Length == 0 || source.Contains($" {method}(", StringComparison.Ordinal));
    }

    [Fact]
    public void ThreatModel_EachOfTheFour_HasItsSection()
    {
        foreach (var who in new[] { "target", "scraper", "source of configuration", "neighbour" })
        {
            Assert.Matches($"(?m)^### A .*{who}", Text);
        }
    }

    [GeneratedRegex(@"`(?<type>\w+Tests)(\.(?<method>\w+))?`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamedTest();
}
