using System.Globalization;

namespace ZmqExporter.EndToEndTests.Alerts.Mutants;

/// <summary>
/// A test that cannot fail is none: each mistake that can be made in a rule must make a promtool case fail. Which case notices which mistake
/// is recorded; a run takes a sample of those, another one each day.
/// </summary>
/// <remarks>
/// With ZMQ_EXPORTER_MUTANTS=all it runs every one, looks for a case for those that have none on record, and writes the record again.
/// With ZMQ_EXPORTER_MUTANTS=ZmqTargetDown,zmq_slo.rules.yml it does so for these rules and files.
/// With ZMQ_EXPORTER_MUTANTS=new it does so for those of which nothing is on record, and for the rules that have changed since; new,ZmqTargetDown for such of one rule.
/// With ZMQ_EXPORTER_MUTANTS=recorded it runs all that are on record, as tests/run.sh --long does; with 20260131 the sample of that day.
/// </remarks>
[Computes]
public sealed class MutantTests(ITestOutputHelper output)
{
    private const string Switch = "ZMQ_EXPORTER_MUTANTS";
    private const int SampleSize = 60;

    private static readonly string? Wanted = Environment.GetEnvironmentVariable(Switch);

    [Fact]
    public async Task TestRules_EachMutantOfTheSample_FailsInItsCase()
    {
        var today = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var wanted = string.IsNullOrEmpty(Wanted) ? today : Wanted;
        var isSample = int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var seed);
        if (!isSample && wanted != "recorded")
        {
            await RecordAsync([.. RuleMutant.All.Where(mutant => IsWanted(mutant, wanted.Split(',')))]);
            return;
        }

        output.WriteLine($"{Switch}={wanted}");
        var pairs = Recorded().ToArray();
        Assert.True(pairs.Length > SampleSize);
        new Random(seed).Shuffle(pairs);
        var sample = isSample ? pairs.Take(SampleSize).ToList() : [.. pairs];

        await CheckCasesAsync([.. sample.Select(pair => pair.Case).Distinct()]);
        var noticed = await MutantRun.NoticedAsync([.. sample.Select(pair => ((RuleMutant?)pair.Mutant, pair.Case))]);

        var missed = sample.Where((_, i) => !noticed[i]).Select(pair => $"{pair.Mutant.RuleName}: {pair.Mutant.Mutation}: not noticed by {pair.Case.Name}").ToList();
        Assert.True(missed.Count == 0, string.Join('\n', missed));
    }

    [Fact]
    public void Record_EachEntry_IsAMutantThatThereIsWithACaseOrAReason()
    {
        var mutants = RuleMutant.All.Select(mutant => (mutant.RuleName, mutant.Mutation)).ToHashSet();
        var cases = RuleCase.All.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        var killed = MutantRecord.Killed.Select(one => (one.Rule, one.Mutation)).ToHashSet();
        var explained = MutantRecord.Survivors.Select(one => (one.Rule, one.Mutation)).ToHashSet();

        var wrong = killed.Concat(explained).Where(one => !mutants.Contains(one)).Select(one => $"no such mutant: {one}")
            .Concat(killed.Where(explained.Contains).Select(one => $"noticed and explained: {one}"))
            .Concat(MutantRecord.Killed.Where(one => !cases.Contains(one.Case)).Select(one => $"no such case: {one}"))
            .Concat(MutantRecord.Survivors.Where(one => one.Reason.Trim().Length == 0).Select(one => $"no reason: {one}"))
            .ToList();
        output.WriteLine($"{killed.Count} of {mutants.Count} mutants are noticed by a case, {explained.Count} have a reason");
        Assert.True(
            wrong.Count == 0,
            $"a rule or a case has changed: run this test with {Switch}=<names of the rules> or {Switch}=all, and see docs/development.md\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public void Record_EachMutant_IsNoticedOrHasAReason()
    {
        var unknown = RuleMutant.All.Where(mutant => !MutantRecord.Knows(mutant)).GroupBy(mutant => mutant.RuleName, StringComparer.Ordinal)
            .Where(rule => rule.Count() > MutantRecord.Open.GetValueOrDefault(rule.Key))
            .SelectMany(rule => rule.Select(mutant => $"{mutant.RuleName}\t{mutant.Mutation}"))
            .ToList();
        output.WriteLine($"{MutantRecord.Open.Values.Sum()} may be unknown");
        Assert.True(
            unknown.Count == 0,
            $"nobody knows whether a case notices these {unknown.Count} mutants of rules that are new or changed: run this test with {Switch}=new, and see docs/development.md\n{string.Join('\n', unknown)}");
    }

    private static bool IsWanted(RuleMutant mutant, string[] wanted) =>
        (!wanted.Contains("new", StringComparer.Ordinal) || !MutantRecord.Knows(mutant)) &&
        (wanted is ["all"] or ["new"] || wanted.Contains(mutant.File, StringComparer.Ordinal) || wanted.Contains(mutant.Rule.ToString(), StringComparer.Ordinal));

    /// <summary>Each case must pass with the rules as they are, or its failure says nothing.</summary>
    private static async Task CheckCasesAsync(IReadOnlyList<RuleCase> cases)
    {
        var fails = await MutantRun.NoticedAsync([.. cases.Select(one => ((RuleMutant?)null, one))]);
        var failing = cases.Where((_, i) => fails[i]).Select(one => $"{one.Name}: fails with the rules as they are").ToList();
        Assert.True(failing.Count == 0, string.Join('\n', failing));
    }

    /// <summary>The mutants that there still are, with the cases that there still are.</summary>
    private static IEnumerable<(RuleMutant Mutant, RuleCase Case)> Recorded()
    {
        var mutants = RuleMutant.All.ToDictionary(mutant => (mutant.RuleName, mutant.Mutation));
        var cases = RuleCase.All.ToDictionary(one => one.Name, StringComparer.Ordinal);
        foreach (var (rule, mutation, name) in MutantRecord.Killed)
        {
            if (mutants.TryGetValue((rule, mutation), out var mutant) && cases.TryGetValue(name, out var one))
            {
                yield return (mutant, one);
            }
        }
    }

    /// <summary>Runs these mutants and records them, beside what is on record of others that there still are.</summary>
    private async Task RecordAsync(IReadOnlyList<RuleMutant> wanted)
    {
        await CheckCasesAsync(RuleCase.All);
        var recorded = Recorded().ToList();
        var pairs = recorded.Where(pair => wanted.Contains(pair.Mutant)).ToList();
        var noticed = await MutantRun.NoticedAsync([.. pairs.Select(pair => ((RuleMutant?)pair.Mutant, pair.Case))]);
        var found = pairs.Where((_, i) => noticed[i]).ToDictionary(pair => pair.Mutant, pair => pair.Case);
        foreach (var (mutant, one) in await MutantRun.FindCasesAsync([.. wanted.Where(mutant => !found.ContainsKey(mutant))]))
        {
            found.Add(mutant, one);
        }

        output.WriteLine($"{found.Count} of {wanted.Count} mutants are noticed");
        MutantRecord.WriteKilled(recorded.Except(pairs).Concat(found.Select(one => (one.Key, one.Value))).Select(one => (one.Item1.RuleName, one.Item1.Mutation, one.Item2.Name)));
        WriteRules(wanted.ToHashSet());
        var explained = MutantRecord.Survivors.Select(one => (one.Rule, one.Mutation)).ToHashSet();
        var unknown = wanted.Where(mutant => !found.ContainsKey(mutant) && !explained.Contains((mutant.RuleName, mutant.Mutation))).ToList();
        Assert.True(unknown.Count == 0, string.Join('\n', unknown.Select(mutant => $"{mutant.RuleName}\t{mutant.Mutation}\t").Prepend("no case notices these")));
    }

    /// <summary>Writes what those rules are of which every mutant has been run, and forgets rules that there are no more.</summary>
    private static void WriteRules(HashSet<RuleMutant> run) => MutantRecord.WriteRules(RuleMutant.All.GroupBy(mutant => mutant.RuleName, StringComparer.Ordinal)
        .Select(rule => (rule.Key, Value: rule.All(run.Contains) ? RuleMutant.FingerprintOf(rule.First().Rule) : MutantRecord.Rules.GetValueOrDefault(rule.Key)))
        .Where(rule => rule.Value is not null)
        .ToDictionary(rule => rule.Key, rule => rule.Value!, StringComparer.Ordinal));
}
