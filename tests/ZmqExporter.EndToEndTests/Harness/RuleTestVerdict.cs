namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>What <c>promtool test rules</c> said of one test file.</summary>
/// <param name="File">The test file.</param>
/// <param name="Failure">What it printed for that file; null when the file passed.</param>
internal sealed record RuleTestVerdict(string File, string? Failure)
{
    private const string FileStart = "Unit Testing:";
    private const string Success = "  SUCCESS";
    private const string FailureStart = "  FAILED:";

    /// <summary>Whether every case of the file passed.</summary>
    public bool Passed => Failure is null;

    /// <summary>
    /// Reads the output of a run over several files. The standard output has a line with the name of each file, and behind it whether the file
    /// succeeded; what failed is on standard error, where the failures begin in the order of the files but do not name them.
    /// </summary>
    /// <param name="files">The files in the order in which promtool got them.</param>
    /// <param name="result">What it printed.</param>
    /// <exception cref="InvalidOperationException">The output is not one verdict for each file.</exception>
    public static IReadOnlyList<RuleTestVerdict> Read(IReadOnlyList<string> files, CommandResult result)
    {
        var passed = new List<bool>();
        foreach (var line in result.Output.Split('\n'))
        {
            if (line.StartsWith(FileStart, StringComparison.Ordinal) && passed.Count < files.Count && line.EndsWith(files[passed.Count], StringComparison.Ordinal))
            {
                passed.Add(false);
            }
            else if (line == Success)
            {
                passed[^1] = true;
            }
        }

        var failures = new Queue<string>($"\n{result.Error}".Split($"\n{FailureStart}").Skip(1));
        if (passed.Count != files.Count || passed.Count(one => !one) != failures.Count)
        {
            throw new InvalidOperationException($"promtool gave no verdict for each file:\n{result.Output}\n{result.Error}");
        }

        return [.. files.Zip(passed, (file, succeeded) => new RuleTestVerdict(file, succeeded ? null : failures.Dequeue()))];
    }
}
