using System.Text.Json;
using System.Text.RegularExpressions;

namespace ZmqExporter.Tests;

public sealed partial class ThirdPartyNoticesTests
{
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["MIT"] = "MIT.txt",
        ["MPL-2.0"] = "MPL-2.0.txt",
        ["BSD-2-Clause"] = "BSD-2-Clause-Markdig.txt",
        ["LGPL-3.0 with a static-linking exception"] = "LGPL-3.0.txt",
    };

    [Theory]
    [InlineData("src/ZmqExporter/packages.lock.json")]
    [InlineData("src/Zmtp/packages.lock.json")]
    public void Notices_EveryPackageOfTheProgram_HasItsVersionAndItsLicence(string lockFile)
    {
        using var json = JsonDocument.Parse(Repository.Read(lockFile));
        var packages = json.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() != "Project")
            .ToDictionary(package => package.Name, package => package.Value.GetProperty("resolved").GetString()!.Split('.')[0], StringComparer.Ordinal);
        var rows = Row().Matches(Repository.Read("THIRD-PARTY-NOTICES.md")).ToDictionary(row => row.Groups["name"].Value, StringComparer.Ordinal);

        Assert.Contains("NaCl.Net", packages.Keys, StringComparer.Ordinal); // else the lock file is read wrongly
        Assert.All(packages, package =>
        {
            Assert.True(rows.TryGetValue(package.Key, out var row), $"THIRD-PARTY-NOTICES.md has no {package.Key}");
            Assert.True(package.Value == row.Groups["version"].Value, $"{package.Key} is version {package.Value} now: look whether its licence is still the same");
            Assert.True(Texts.ContainsKey(row.Groups["licence"].Value), $"the licence of {package.Key} has no text");
        });
    }

    [Fact]
    public void Licences_EachText_IsThereAndNamed()
    {
        var notices = Repository.Read("THIRD-PARTY-NOTICES.md");
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "licenses")).Select(file => Path.GetFileName(file)!).ToList();

        Assert.All(Texts.Values, text => Assert.Contains(text, files, StringComparer.Ordinal));
        Assert.All(files, file => Assert.Contains($"`licenses/{file}`", notices, StringComparison.Ordinal));
        Assert.Contains("SPECIAL EXCEPTION GRANTED BY COPYRIGHT HOLDERS", notices, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\| (?<name>[A-Za-z.-]+) \| (?<version>\d+) \| (?<licence>[^|]+) \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Row();
}
