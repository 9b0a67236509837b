namespace ZmqExporter.EndToEndTests.Alerts.Mutants;

/// <summary>Runs mutants through the cases that may notice them, many in one promtool, two of those side by side.</summary>
internal static class MutantRun
{
    private const int Processes = 2;
    private const int FilesOfOneProcess = 40;

    /// <summary>Whether each case noticed its mutant, in their order. Without a mutant: whether the case fails with the rules as they are.</summary>
    public static async Task<IReadOnlyList<bool>> NoticedAsync(IReadOnlyList<(RuleMutant? Mutant, RuleCase Case)> pairs)
    {
        var noticed = new bool[pairs.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, pairs.Count).Chunk(FilesOfOneProcess),
            new ParallelOptions { MaxDegreeOfParallelism = Processes, CancellationToken = TestContext.Current.CancellationToken },
            async (numbers, _) =>
            {
                using var directory = new TempDirectory();
                var verdicts = await Promtool.TestEachAsync([.. numbers.Select(number => pairs[number].Case.Write(directory, $"m{number}", pairs[number].Mutant))]);
                foreach (var (number, verdict) in numbers.Zip(verdicts))
                {
                    // A rule that is none any more (a parse error) would fail, too, and nobody would make that mistake for long.
                    noticed[number] = !verdict.Passed && !verdict.Failure!.Contains("parse error", StringComparison.Ordinal);
                }
            });
        return noticed;
    }

    /// <summary>
    /// A case that notices each mutant, if any does. Cases that are new come first: they were written for what none noticed. Then those that noticed most mutants of the
    /// same rule, then the cheaper ones.
    /// </summary>
    public static async Task<IReadOnlyDictionary<RuleMutant, RuleCase>> FindCasesAsync(IReadOnlyList<RuleMutant> mutants)
    {
        var found = new Dictionary<RuleMutant, RuleCase>();
        var onRecord = MutantRecord.Killed.Select(one => one.Case).ToHashSet(StringComparer.Ordinal);
        var successes = MutantRecord.Killed.CountBy(one => (one.Rule, one.Case)).ToDictionary();
        var todo = mutants.ToDictionary(mutant => mutant, mutant => new Queue<RuleCase>(RuleCase.All
            .Where(one => one.Reads(mutant))
            .OrderBy(one => onRecord.Contains(one.Name))
            .ThenByDescending(one => successes.GetValueOrDefault((mutant.RuleName, one.Name)))
            .ThenBy(one => one.Cost)));
        while (todo.Where(one => one.Value.Count > 0 && !found.ContainsKey(one.Key)).Select(one => ((RuleMutant?)one.Key, one.Value.Dequeue())).ToList() is { Count: > 0 } round)
        {
            var noticed = await NoticedAsync(round);
            foreach (var (mutant, one) in round.Where((_, i) => noticed[i]))
            {
                found.Add(mutant!, one);
            }
        }

        return found;
    }
}
