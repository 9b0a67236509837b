using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;
using Zmtp;

namespace ZmqExporter.Tests.Scheduling;

/// <summary>Holds the timeline of docs/failure-policy.md against the policy and the schedule.</summary>
public sealed class FailurePolicyDocsTests
{
    [Fact]
    public void Timeline_EachRow_IsWhatHappens()
    {
        var policy = new PolicyConfig { DegradedAfter = 2, DownAfter = 3, UpAfter = 2, SuspectInterval = TimeSpan.FromSeconds(5) };
        var target = TestTargets.Create(interval: TimeSpan.FromSeconds(15), policy: policy);
        var schedule = new TargetSchedule(target, new ScheduleOrigin(DateTimeOffset.UnixEpoch, Timestamp.None));
        var start = schedule.First(Timestamp.None, TimeSpan.Zero);
        var due = start;
        var state = default(PolicyState);
        var rows = 0;
        foreach (var row in File.ReadLines(Path.Combine(Root(), "docs", "failure-policy.md")))
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length != 6 || !cells[1].EndsWith(" s", StringComparison.Ordinal))
            {
                continue;
            }

            rows++;
            Assert.Equal(int.Parse(cells[1][..^2], CultureInfo.InvariantCulture), (due - start).TotalSeconds);
            state = FailurePolicy.Apply(policy, state, cells[2].Split(" (")[0] switch
            {
                "on time" => ProbeOutcome.OnTime,
                "late" => ProbeOutcome.Late,
                _ => ProbeOutcome.Miss,
            });
            Assert.Equal(cells[3], $"`{state.State.Label()}`");
            due = schedule.Next(due, state.State);
        }

        Assert.Equal(11, rows);
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ZmqExporter.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("the tests run outside the repository");
        }

        return directory.FullName;
    }
}
