using System.Globalization;

namespace ZmqExporter.EndToEndTests.Alerts.Mutants;

/// <summary>
/// A test that cannot fail is none: each mistake that can be made in a rule must make a promtool case fail. Which case notices which mistake
/// is recorded; a run takes a sample of those, another one each day.
/// </summary>
/// <remarks>
/// With ZMQ_EXPORTER_MUTANTS=all it runs every one, looks for a case for those that have none on record, and writes the record again.
/// With ZMQ_EXPORTER_MUTANTS=20260131 it takes the sample of that day.
/// </remarks>
public sealed class MutantTests(ITestOutputHelper output)
{
    private const string Switch = "ZMQ_EXPORTER_MUTANTS";
    private const int SampleSize = 60;

    [Fact]
    public async Task TestRules_EachMutantOfTheSample_FailsInItsCase()
    {
        var wanted = Environment.GetEnvironmentVariable(Switch);
        if (wanted == "all")
        {
            await RecordAllAsync();
            return;
        }

        var seed = int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given
            : int.Parse(TimeProvider.System.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        output.WriteLine($"the sample of {Switch}={seed}");
        var pairs = Recorded().ToArray();
        Assert.True(pairs.Length > SampleSize);
        new Random(seed).Shuffle(pairs);
        var sample = pairs.Take(SampleSize).ToList();

        // Each case must pass with the rules as they are, or its failure says nothing.
        var cases = sample.Select(pair => pair.Case).Distinct().Select(one => ((RuleMutant?)null, one));
        var noticed = await MutantRun.NoticedAsync([.. sample.Select(pair => ((RuleMutant?)pair.Mutant, pair.Case)), .. cases]);

        Assert.Equal("", string.Join('\n', sample.Where((_, i) => !noticed[i]).Select(pair => $"{pair.Mutant.RuleName}: {pair.Mutant.Mutation}: not noticed by {pair.Case.Name}")));
        Assert.All(noticed.Skip(sample.Count), Assert.False);
    }

    [Fact]
    public void Survivors_EachOfTheList_IsAMutantWithAReasonThatNoCaseIsOnRecordFor()
    {
        var mutants = RuleMutant.All.Select(mutant => (mutant.RuleName, mutant.Mutation)).ToHashSet();
        var killed = MutantRecord.Killed.Select(one => (one.Rule, one.Mutation)).ToHashSet();

        Assert.All(MutantRecord.Survivors, one =>
        {
            Assert.Contains((one.Rule, one.Mutation), mutants);
            Assert.DoesNotContain((one.Rule, one.Mutation), killed);
            Assert.NotEmpty(one.Reason.Trim());
        });
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

    private async Task RecordAllAsync()
    {
        var pairs = Recorded().ToList();
        var noticed = await MutantRun.NoticedAsync([.. pairs.Select(pair => ((RuleMutant?)pair.Mutant, pair.Case))]);
        var found = pairs.Where((_, i) => noticed[i]).ToDictionary(pair => pair.Mutant, pair => pair.Case);
        foreach (var (mutant, one) in await MutantRun.FindCasesAsync([.. RuleMutant.All.Where(mutant => !found.ContainsKey(mutant))]))
        {
            found.Add(mutant, one);
        }

        MutantRecord.WriteKilled(found.Select(one => (one.Key.RuleName, one.Key.Mutation, one.Value.Name)));
        output.WriteLine($"{found.Count} of {RuleMutant.All.Count} mutants are noticed");
        var explained = MutantRecord.Survivors.Select(one => (one.Rule, one.Mutation)).ToHashSet();
        Assert.Equal("", string.Join('\n', RuleMutant.All
            .Where(mutant => !found.ContainsKey(mutant) && !explained.Contains((mutant.RuleName, mutant.Mutation)))
            .Select(mutant => $"{mutant.RuleName}\t{mutant.Mutation}\t")));
    }
}
