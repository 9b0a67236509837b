using System.Text.Json;
using System.Text.RegularExpressions;

namespace ZmqExporter.Tests;

/// <summary>The lock files of the native build have what those of the other build have, and the compiler. <c>tests/native.sh --write-locks</c> writes them again.</summary>
public sealed partial class NativeLockTests
{
    [Theory]
    [InlineData("src/ZmqExporter", "linux-x64")]
    [InlineData("src/ZmqExporter", "linux-arm64")]
    [InlineData("src/Zmtp", "linux-x64")]
    [InlineData("src/Zmtp", "linux-arm64")]
    public void Locks_OfEachKindOfMachine_AreThoseOfTheOtherBuildAndTheCompiler(string project, string runtime)
    {
        const string Compiler = "Microsoft.DotNet.ILCompiler";
        var native = Packages($"{project}/packages.{runtime}.lock.json");
        var other = Packages($"{project}/packages.lock.json");
        var patch = NetPatch().Match(Repository.Read("Directory.Build.targets")).Groups["version"].Value;

        Assert.NotEmpty(other);
        Assert.Equal(
            other.Append($"{Compiler} {patch}").Append($"runtime.{runtime}.{Compiler} {patch}").Order(StringComparer.Ordinal),
            native.Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    private static HashSet<string> Packages(string file)
    {
        using var json = JsonDocument.Parse(Repository.Read(file));
        return json.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() != "Project")
            .Select(package => $"{package.Name} {package.Value.GetProperty("resolved").GetString()}")
            .ToHashSet(StringComparer.Ordinal);
    }

    [GeneratedRegex("<NetPatchVersion>(?<version>[0-9.]+)</NetPatchVersion>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NetPatch();
}
