using System.Runtime.Versioning;
using Zmtp.Security;

namespace ZmqExporter.Tests.Cli;

public sealed class KeygenTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zmq_exporter_keygen_");

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Keygen_TwoFiles_HasThePairInThemAndPrintsNoKey()
    {
        var (secret, open) = (File("client.key"), File("client.pub"));

        Assert.Equal((0, $"public_key_file: {open}\nsecret_key_file: {secret}\n", ""), await CommandRun.RunAsync("keygen", "--secret-file", secret, "--public-file", open));

        Assert.True(CurveKeyPair.TryParse(Read(secret), out var pair, out _));
        Assert.Equal(pair.PublicKey.ToString(), Read(open));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(secret));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(open) & (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task Keygen_PublicFileOfASecretFile_HasItsKey()
    {
        var (secret, open) = (File("client.key"), File("client.pub"));
        await CommandRun.RunAsync("keygen", "--secret-file", secret);

        Assert.Equal((0, $"public_key_file: {open}\n", ""), await CommandRun.RunAsync("keygen", "--from-secret-file", secret, "--public-file", open));

        Assert.True(CurveKeyPair.TryParse(Read(secret), out var pair, out _));
        Assert.Equal(pair.PublicKey.ToString(), Read(open));
    }

    [Fact]
    public async Task Keygen_PublicFileThatIsThere_LeavesBothAsTheyAre()
    {
        var (secret, open) = (File("client.key"), File("client.pub"));
        await System.IO.File.WriteAllTextAsync(open, "mine", TestContext.Current.CancellationToken);

        var (exitCode, output, error) = await CommandRun.RunAsync("keygen", "--secret-file", secret, "--public-file", open);

        Assert.Equal((1, "", $"zmq_exporter: {open} exists already and is left as it is: servers may know the key in it\n"), (exitCode, output, error));
        Assert.False(System.IO.File.Exists(secret)); // no half of a pair
        Assert.Equal("mine", Read(open));
    }

    [Fact]
    public async Task Keygen_OneFileForBoth_IsRefused()
    {
        var (exitCode, _, error) = await CommandRun.RunAsync("keygen", "--secret-file", File("key"), "--public-file", $"{_directory.FullName}/./key");

        Assert.Equal(3, exitCode);
        Assert.Contains("--secret-file and --public-file are one file: write two", error, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string File(string name) => Path.Combine(_directory.FullName, name);

    private static string Read(string path) => System.IO.File.ReadAllText(path).TrimEnd('\n');
}
