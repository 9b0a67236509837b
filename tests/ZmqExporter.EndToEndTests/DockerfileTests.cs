using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests;

/// <summary>Follows the Dockerfile's build stage in a directory: each COPY and each RUN, in their order, for real.</summary>
[WaitsLong]
public sealed class DockerfileTests
{
    private const string Revision = "0123456789abcdef";

    [Fact]
    public async Task BuildStage_Followed_MakesAProgramThatKnowsItsRevision()
    {
        using var source = new TempDirectory();
        var inFirstStage = false;
        foreach (var line in Instructions())
        {
            var (instruction, rest) = (line.Split(' ')[0], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            switch (instruction)
            {
                case "FROM" when inFirstStage:
                    await AssertProgramWorksAsync(source.Path);
                    return;
                case "FROM":
                    inFirstStage = true;
                    break;
                case "COPY":
                    Copy(rest.Split(' '), source.Path);
                    break;
                case "RUN":
                    await RunAsync(rest, source.Path);
                    break;
                default:
                    Assert.Contains(instruction, new[] { "WORKDIR", "ARG" }, StringComparer.Ordinal);
                    break;
            }
        }

        Assert.Fail("the Dockerfile has no second stage");
    }

    [Fact]
    public void Lint_EveryInstruction_KeepsTheRules()
    {
        var lines = Instructions().ToArray();

        Assert.All(
            lines.Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)),
            line => Assert.Matches("^FROM [a-z0-9./-]+:[a-z0-9.-]+@sha256:[0-9a-f]{64}( AS [a-z]+)?$", line));
        Assert.DoesNotContain(lines, line => Regex.IsMatch(line, "^(ADD|MAINTAINER|SHELL|ONBUILD) |\\b(sudo|curl|wget|apt-get)\\b", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)));
        Assert.All(
            lines.Where(line => Regex.IsMatch(line, "^(ENTRYPOINT|CMD|HEALTHCHECK) ", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))),
            line => Assert.EndsWith("\"]", line, StringComparison.Ordinal)); // there is no shell
        var last = lines[Array.FindLastIndex(lines, line => line.StartsWith("FROM ", StringComparison.Ordinal))..];
        Assert.DoesNotContain(last, line => line.StartsWith("RUN ", StringComparison.Ordinal));
        Assert.All(
            ["USER $APP_UID", "ENV DOTNET_EnableDiagnostics=0"],
            line => Assert.Contains(line, last, StringComparer.Ordinal));
        Assert.All(
            ["title", "description", "licenses", "vendor", "version", "revision", "base.name"],
            label => Assert.Contains($"org.opencontainers.image.{label}=", string.Concat(last), StringComparison.Ordinal));
    }

    [Fact]
    public void Ignored_EveryCopiedFile_IsNot()
    {
        var kept = Repository.Read(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..]).ToArray();
        var copied = Instructions()
            .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')[1..^1])
            .ToArray();

        Assert.NotEmpty(copied);
        Assert.All(copied, path => Assert.Contains(path.Split('/')[0], kept, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Healthcheck_OfTheImage_AsksWhereTheImageListens()
    {
        var flag = new Regex(@"--web\.listen-address=:(?<port>\d+)", RegexOptions.None, TimeSpan.FromSeconds(1));
        var port = flag.Match(Repository.Read("Dockerfile")).Groups["port"].Value;
        var help = await ExporterProcess.RunAsync("healthcheck", "--help");

        Assert.Contains($"127.0.0.1:{port}/-/healthy", help.Output, StringComparison.Ordinal);
        Assert.Contains($"EXPOSE {port}\n", Repository.Read("Dockerfile"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Instructions() =>
        Repository.Read("Dockerfile").Replace("\\\n", "", StringComparison.Ordinal).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#');

    private static void Copy(string[] paths, string destination)
    {
        var to = Path.Combine(destination, paths[^1]);
        foreach (var path in paths[..^1])
        {
            var from = Path.Combine(Repository.Root, path);
            if (!Directory.Exists(from))
            {
                Directory.CreateDirectory(to);
                File.Copy(from, Path.Combine(to, Path.GetFileName(from)), overwrite: true);
                continue;
            }

            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy, overwrite: true);
            }
        }
    }

    // All but the native compilation: tests/native.sh does that with the same project, and the other tests run what it makes.
    private static async Task RunAsync(string command, string directory)
    {
        command = command.Replace(" -p:PublishAot=true -p:RestoreLockedMode=true", "", StringComparison.Ordinal);
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        await using var process = ChildProcess.Start(
            "env", [$"REVISION={Revision}", $"TARGETARCH={architecture}", "MSBUILDDISABLENODEREUSE=1", "bash", "-c", command], "it comes with bash", directory);
        var exitCode = await process.WaitForExitAsync(TimeSpan.FromMinutes(10));
        Assert.True(exitCode == 0, process.Transcript());
    }

    private static async Task AssertProgramWorksAsync(string directory)
    {
        await using var process = ChildProcess.Start(Path.Combine(directory, "published", "zmq_exporter"), ["version"], "publish it");
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Contains($"(revision {Revision},", process.Output[0], StringComparison.Ordinal);
    }
}
