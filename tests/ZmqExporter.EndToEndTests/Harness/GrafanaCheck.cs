namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>Grafana's own schema and data library, as tests/grafana asks them.</summary>
internal static class GrafanaCheck
{
    private static readonly string Directory = Path.Combine(Repository.Root, "tests", "grafana");

    // TypeScript computes for some ten seconds, and minutes on a busy machine.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    /// <summary>Whether its packages are installed, which tests/run.sh does where npm is; when not, the test that asks says so.</summary>
    public static bool IsInstalled
    {
        get
        {
            if (System.IO.Directory.Exists(Path.Combine(Directory, "node_modules", "@grafana", "data")))
            {
                return true;
            }

            TestContext.Current.AddWarning("not checked with Grafana's own libraries here: run npm ci in tests/grafana");
            return false;
        }
    }

    /// <summary>The files of the repository.</summary>
    public static IEnumerable<string> Dashboards => Dashboard.Files.Select(file => Path.Combine(Repository.Root, Dashboard.Directory, file));

    /// <summary>Writes a damaged copy of a dashboard: the file, below a directory of its own.</summary>
    public static string Damage(TempDirectory directory, string file, string old, string damage)
    {
        var text = Repository.Read(Path.Combine(Dashboard.Directory, file));
        Assert.Contains(old, text, StringComparison.Ordinal); // else the damage does nothing
        return directory.Write(file, text.Replace(old, damage, StringComparison.Ordinal));
    }

    /// <summary>Runs the check.</summary>
    /// <returns>1 and a fault a line, or 0 and what the tables show, as JSON.</returns>
    public static async Task<CommandResult> RunAsync(params string[] arguments)
    {
        await using var node = ChildProcess.Start("node", [Path.Combine(Directory, "check.mjs"), .. arguments], "install Node.js");
        var exitCode = await node.WaitForExitAsync(Deadline);
        return new CommandResult(exitCode, string.Join('\n', node.Output), string.Join('\n', node.Error));
    }
}
