namespace ZmqExporter.EndToEndTests;

/// <summary>The dashboards against the types of @grafana/schema: those of the oldest Grafana that they are for, and those of a new one.</summary>
public sealed class GrafanaSchemaTests
{
    private static readonly (string File, string Old, string Damage, string[] Words)[] Damages =
    [
        ("zmq-fleet.json", "\"cellHeight\": \"sm\"", "\"cellHeight\": \"tiny\"", ["zmq-fleet.json: panel Firing alerts: options", "'\"tiny\"' is not assignable"]),
        ("zmq-target.json", "\"drawStyle\": \"bars\"", "\"drawStyle\": \"columns\"", ["zmq-target.json: panel Results: field", "'\"columns\"' is not assignable"]),
        ("zmq-subscriptions.json", "\"sort\": 1", "\"sort\": \"name\"", ["zmq-subscriptions.json: variable target", "'string' is not assignable"]),
        ("zmq-exporter.json", "\"mergeValues\": true", "\"mergeValue\": true", ["zmq-exporter.json: panel", "\"mergeValue\": true", "known properties"]),
    ];

    [Fact]
    public async Task Check_Dashboards_HaveNoFault()
    {
        if (GrafanaCheck.IsInstalled)
        {
            var result = await GrafanaCheck.RunAsync([.. GrafanaCheck.Dashboards]);

            Assert.True(result.ExitCode == 0, result.Output + result.Error);
        }
    }

    [Fact]
    public async Task Check_DamagedDashboards_NamesEachDamage()
    {
        if (!GrafanaCheck.IsInstalled)
        {
            return;
        }

        using var directory = new TempDirectory();
        var files = Damages.Select(damage => GrafanaCheck.Damage(directory, damage.File, damage.Old, damage.Damage)).ToArray();

        var result = await GrafanaCheck.RunAsync(files);

        Assert.Equal(1, result.ExitCode);
        foreach (var schema in (string[])["10.1", "13"])
        {
            var faults = result.Output.Split('\n').Where(line => line.EndsWith($"(@grafana/schema {schema})", StringComparison.Ordinal)).ToArray();
            Assert.All(Damages, damage => Assert.Contains(faults, fault => damage.Words.All(words => fault.Contains(words, StringComparison.Ordinal))));
        }
    }
}
