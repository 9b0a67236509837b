using System.Text.RegularExpressions;

namespace ZmqExporter.Tests;

/// <summary>docs/development.md names the packages that tests/run.sh installs.</summary>
public sealed partial class TestPackagesTests
{
    [Fact]
    public void Development_Packages_AreThoseOfTheScript() => Assert.Equal(
        InScript().Match(Repository.Read("tests/run.sh")).Groups["names"].Value,
        InDocument().Match(Repository.Read("docs/development.md")).Groups["names"].Value.Replace('\n', ' '));

    [GeneratedRegex(@"^packages=\((?<names>[^)]+)\)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex InScript();

    [GeneratedRegex("Debian packages\n`(?<names>[^`]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InDocument();
}
