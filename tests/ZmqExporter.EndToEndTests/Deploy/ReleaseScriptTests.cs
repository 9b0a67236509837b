using System.Text.Json;
using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests.Deploy;

/// <summary>deploy/release: the scripts of the release workflow.</summary>
public sealed partial class ReleaseScriptTests : IDisposable
{
    private const string Bash = "it comes with bash";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Sbom_OfTheProgram_NamesEveryLockedPackageAndDotNet()
    {
        await using var process = Start("deploy/release/sbom.sh", _directory.Path);
        Assert.True(await process.WaitForExitAsync(TimeSpan.FromMinutes(3)) == 0, process.Transcript());

        using var bill = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_directory.Path, "zmq_exporter.cdx.json"), TestContext.Current.CancellationToken));
        var named = bill.RootElement.GetProperty("components").EnumerateArray()
            .Select(part => $"{part.GetProperty("name").GetString()} {part.GetProperty("version").GetString()}")
            .ToHashSet(StringComparer.Ordinal);
        using var locked = JsonDocument.Parse(Repository.Read("src/ZmqExporter/packages.lock.json"));
        var packages = locked.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() != "Project")
            .Select(package => $"{package.Name} {package.Value.GetProperty("resolved").GetString()}")
            .ToList();

        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.Contains(package, named));
        var patch = NetPatch().Match(Repository.Read("Directory.Build.targets")).Groups["version"].Value;
        Assert.Contains($"Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64 {patch}", named);
        Assert.Contains($"Microsoft.AspNetCore.App.Runtime.linux-arm64 {patch}", named);
        var program = bill.RootElement.GetProperty("metadata").GetProperty("component").GetProperty("bom-ref").GetString();
        Assert.Contains(
            $"pkg:nuget/Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64@{patch}",
            bill.RootElement.GetProperty("dependencies").EnumerateArray()
                .Single(part => part.GetProperty("ref").GetString() == program)
                .GetProperty("dependsOn").EnumerateArray().Select(part => part.GetString()!),
            StringComparer.Ordinal);
        Assert.Equal("CycloneDX", bill.RootElement.GetProperty("bomFormat").GetString());
    }

    [Fact]
    public async Task Version_OfTheTag_MustBeThatOfTheProgram()
    {
        var version = (await ExporterProcess.RunAsync("version")).Output.Split(' ')[2];

        await using var right = Start("deploy/release/version.sh", $"v{version}");
        await using var wrong = Start("deploy/release/version.sh", $"v{version}.1");

        Assert.Equal(0, await right.WaitForExitAsync());
        Assert.Equal([version], right.Output, StringComparer.Ordinal);
        Assert.Equal(1, await wrong.WaitForExitAsync());
    }

    [Fact]
    public async Task Notes_OfAVersion_AreItsSectionWithLinksThatLeadSomewhere()
    {
        var changelog = _directory.Write("CHANGELOG.md", "# Changelog\n\n## [1.0.1]\n\nno\n\n## [1.0] - 2026-12-01\n\n### Added\n\n- [one](docs/one.md#two), [page](https://example.com/a.md)\n\n## [0.9]\n\nno\n\n[1.0]: https://example.com\n");

        await using var process = ChildProcess.Start(
            "env", [$"CHANGELOG={changelog}", "bash", Path.Combine(Repository.Root, "deploy/release/notes.sh"), "1.0", "https://host/blob/v1.0"], Bash);
        await using var missing = ChildProcess.Start("env", [$"CHANGELOG={changelog}", "bash", Path.Combine(Repository.Root, "deploy/release/notes.sh"), "2.0"], Bash);

        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Equal(["### Added", "", "- [one](https://host/blob/v1.0/docs/one.md#two), [page](https://example.com/a.md)"], process.Output, StringComparer.Ordinal);
        Assert.Equal(1, await missing.WaitForExitAsync());
    }

    [Fact]
    public async Task Compose_PrometheusAsItIsMounted_IsWhatPromtoolAccepts()
    {
        Directory.CreateDirectory(Path.Combine(_directory.Path, "zmq"));
        foreach (var rules in Directory.EnumerateFiles(Path.Combine(Repository.Root, "alerts"), "*.rules.yml"))
        {
            File.Copy(rules, Path.Combine(_directory.Path, "zmq", Path.GetFileName(rules)));
        }

        var file = _directory.Write("prometheus.yml", Repository.Read("deploy/compose/prometheus.yml"));
        await using var promtool = ChildProcess.Start("promtool", ["check", "config", file], "install it with: apt-get install prometheus");

        Assert.True(await promtool.WaitForExitAsync() == 0, promtool.Transcript());
        Assert.Contains("rule files found", promtool.Transcript(), StringComparison.Ordinal);
    }

    private static ChildProcess Start(string script, params string[] arguments) =>
        ChildProcess.Start("bash", [Path.Combine(Repository.Root, script), .. arguments], Bash);

    [GeneratedRegex("<NetPatchVersion>(?<version>[0-9.]+)</NetPatchVersion>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NetPatch();
}
