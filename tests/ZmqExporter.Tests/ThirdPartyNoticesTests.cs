using System.Text.Json;

namespace ZmqExporter.Tests;

public sealed class ThirdPartyNoticesTests
{
    [Fact]
    public void Notices_EveryPackageOfTheProgram_IsNamed()
    {
        using var json = JsonDocument.Parse(Repository.Read("src/ZmqExporter/packages.lock.json"));
        var packages = json.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() != "Project")
            .Select(package => package.Name)
            .ToArray();
        var notices = Repository.Read("THIRD-PARTY-NOTICES.md");

        Assert.Contains("NetMQ", packages, StringComparer.Ordinal); // else the lock file is read wrongly
        Assert.DoesNotContain(packages, package => !notices.Contains($"| {package} |", StringComparison.Ordinal));
    }
}
