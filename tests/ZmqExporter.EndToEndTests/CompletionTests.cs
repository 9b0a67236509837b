using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests;

/// <summary>The scripts of <c>zmq_exporter completion</c> in the real shells, as if somebody had pressed the Tab key.</summary>
public sealed class CompletionTests : IDisposable
{
    private const string Config = """
        modules: {ping: {prober: request, send: [ping]}, pong: {prober: handshake}}
        targets:
          - {name: orders, endpoint: "tcp://127.0.0.1:1", modules: [ping]}
          - {name: "tcp://stock:1", endpoint: "tcp://stock:1", modules: [ping]}
        """;

    // Each with the words that bash makes of it.
    private const string BashTest = """
        set -u
        source <(zmq_exporter completion bash)
        try() {
            COMP_LINE=$1 COMP_POINT=${#1}; shift
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
            _zmq_exporter
            echo "${COMPREPLY[*]}"
        }
        try "zmq_exporter pro" zmq_exporter pro
        try "zmq_exporter probe ord" zmq_exporter probe ord
        try "zmq_exporter probe orders --module po" zmq_exporter probe orders --module po
        try "zmq_exporter probe tcp:" zmq_exporter probe tcp :
        try "zmq_exporter probe tcp://st" zmq_exporter probe tcp : //st
        try "zmq_exporter --log.level=" zmq_exporter --log.level =
        try "zmq_exporter --log.level=e" zmq_exporter --log.level = e
        try "zmq_exporter nonsense" zmq_exporter nonsense
        complete -p zmq_exporter
        """;

    private const string FishTest = """
        zmq_exporter completion fish | source
        for line in "zmq_exporter pro" "zmq_exporter probe ord" "zmq_exporter probe orders --module po" "zmq_exporter probe tcp://st" "zmq_exporter --log.level=e"
            complete -C $line
        end
        """;

    // A terminal of its own: zsh completes nowhere else. What the Tab key made of the line is printed, not run.
    private const string ZshTest = """
        zmodload zsh/zpty
        zpty shell "zsh -f -i"
        zpty -w shell 'PS1="> "; PS2=; autoload -Uz compinit; compinit -u -D; source <(zmq_exporter completion zsh); bindkey "^I" complete-word; echo ready''""''now'
        zpty -r -m shell out '*readynow*'
        for line in "pro" "probe ord" "probe orders --module po" "probe tcp://st" "--log.level=e"; do
            zpty -w -n shell "zmq_exporter $line"$'\t\x01'"echo '<"$'\x05'"'>"$'\n'
            zpty -r -m shell out '*<zmq_exporter *>*'
            print -r -- "${out##*<}"
        done
        zpty -d shell
        """;

    private readonly TempDirectory _directory = new();

    public CompletionTests() => _directory.Write("zmq_exporter.yml", Config);

    [Fact]
    public async Task Bash_WordsOfTheProgramAndOfTheConfiguration_AreCompleted() => Assert.Equal(
        ["probe", "orders", "pong", "//stock:1", "//stock:1", "debug error info warn", "error", "", "complete -o default -F _zmq_exporter zmq_exporter"],
        await RunAsync("bash", "bash", BashTest),
        StringComparer.Ordinal);

    [Fact]
    public async Task Fish_WordsOfTheProgramAndOfTheConfiguration_AreCompleted() => Assert.Equal(
        ["probe", "orders", "pong", "tcp://stock:1", "--log.level=error"],
        await RunAsync("fish", "fish", FishTest),
        StringComparer.Ordinal);

    [Fact]
    public async Task Zsh_WordsOfTheProgramAndOfTheConfiguration_AreCompleted()
    {
        var lines = await RunAsync("zsh", "zsh", ZshTest);

        Assert.Equal(
            ["probe", "probe orders", "probe orders --module pong", "probe tcp://stock:1", "--log.level=error"],
            lines.Select(line => Regex.Match(line, "^zmq_exporter (?<line>[^\u001b']*)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))).Where(match => match.Success).Select(match => match.Groups["line"].Value.TrimEnd()),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Completion_OtherShell_SaysWhichThereAre()
    {
        var result = await ExporterProcess.RunAsync("completion", "csh");

        Assert.Equal(3, result.ExitCode);
        Assert.All(["bash", "zsh", "fish"], shell => Assert.Contains($"'{shell}'", result.Error, StringComparison.Ordinal));
    }

    public void Dispose() => _directory.Dispose();

    private async Task<IReadOnlyList<string>> RunAsync(string shell, string package, string script)
    {
        var path = $"{Path.GetDirectoryName(ExporterProcess.Executable)}:{Environment.GetEnvironmentVariable("PATH")}";
        await using var process = ChildProcess.Start(
            shell,
            [_directory.Write("test", script)],
            $"install it with: apt-get install {package}",
            _directory.Path,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = path, ["HOME"] = _directory.Path, ["TERM"] = "dumb" });
        Assert.True(await process.WaitForExitAsync() == 0, process.Transcript());
        return process.Output;
    }
}
