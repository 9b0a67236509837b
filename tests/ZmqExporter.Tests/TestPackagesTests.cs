using System.Text.RegularExpressions;

namespace ZmqExporter.Tests;

/// <summary>docs/development.md names the packages that tests/run.sh installs, and no version is pinned that nothing uses.</summary>
public sealed partial class TestPackagesTests
{
    [Fact]
    public void Development_Packages_AreThoseOfTheScript() => Assert.Equal(
        InScript().Match(Repository.Read("tests/run.sh")).Groups["names"].Value,
        InDocument().Match(Repository.Read("docs/development.md")).Groups["names"].Value.Replace('\n', ' '));

    [Fact]
    public void PinnedVersions_EachOfThem_IsInALockFile()
    {
        var locked = string.Concat(
            new[] { "src", "tests" }
                .SelectMany(directory => Directory.EnumerateFiles(Path.Combine(Repository.Root, directory), "packages.lock.json", SearchOption.AllDirectories))
                .Select(File.ReadAllText));
        var pinned = Pinned().Matches(Repository.Read("Directory.Packages.props")).Select(match => match.Groups["name"].Value).ToList();

        Assert.NotEmpty(pinned);
        Assert.DoesNotContain(pinned, name => !locked.Contains($"\"{name}\": {{", StringComparison.OrdinalIgnoreCase));
    }

    [GeneratedRegex("<PackageVersion Include=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^packages=\((?<names>[^)]+)\)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex InScript();

    [GeneratedRegex("Debian packages\n`(?<names>[^`]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InDocument();
}
