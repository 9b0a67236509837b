using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>Who is told what, by the example for Alertmanager.</summary>
public sealed partial class AlertmanagerExampleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static string PathOfExample => Path.Combine(Repository.Root, AlertmanagerExample.File);

    [Fact]
    public async Task CheckConfig_Example_IsAccepted()
    {
        var result = await Amtool.RunAsync("check-config", PathOfExample);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Theory]
    [InlineData("critical", "page")]
    [InlineData("warning", "ticket")]
    [InlineData("info", "nobody")]
    [InlineData("of somebody else", "ticket")] // a mistake is not lost
    public async Task Routes_Severity_GoesToItsReceiver(string severity, string receiver)
    {
        var result = await Amtool.RunAsync(
            "config", "routes", "test", $"--config.file={PathOfExample}", $"--verify.receivers={receiver}", $"severity={severity}", "job=zmq_exporter");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public async Task Pages_OutageOfManyServersSeenByTwoExporters_AreOneNotification()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var alertmanager = await AlertmanagerServer.StartAsync(AlertmanagerExample.For(receiver.Address));

        await SendAsync(
            alertmanager,
            Alert("ZmqTargetDown", "critical", "a"),
            Alert("ZmqTargetDown", "critical", "b"),
            Alert("ZmqTargetUnresponsive", "critical", "c"),
            Alert("ZmqTargetDown", "critical", "a", instance: "other:19555"),
            Alert("ZmqManyTargetsDown", "critical"));
        var page = await receiver.EventuallyAsync("page", _ => true, Patience);

        Assert.Equal(5, page.Alerts.Count);
    }

    [Fact]
    public async Task Inhibition_ServerIsDown_SilencesTheTicketsOfThisTargetAndModuleAlone()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var alertmanager = await AlertmanagerServer.StartAsync(AlertmanagerExample.For(receiver.Address));
        await SendAsync(alertmanager, Alert("ZmqTargetDown", "critical", "a"));
        await receiver.EventuallyAsync("page", _ => true, Patience);

        await SendAsync(
            alertmanager,
            Alert("ZmqTargetDegraded", "warning", "a"),
            Alert("ZmqTargetFlapping", "warning", "a"),
            Alert("ZmqTargetDegraded", "warning", "b"),
            Alert("ZmqTargetFlapping", "warning", "a", module: "transport"),
            Alert("ZmqExporterOverloaded", "warning")); // lacks the labels of a target
        await TicketAsync("ZmqTargetDegraded", "b", "ping");
        await TicketAsync("ZmqTargetFlapping", "a", "transport");
        await TicketAsync("ZmqExporterOverloaded", null, null);
        await SendAsync(alertmanager, Alert("ZmqTargetDegraded", "warning", "later"));
        await TicketAsync("ZmqTargetDegraded", "later", "ping"); // whatever was sent before would have come by now

        Assert.Equal(4, receiver.Of("ticket").Sum(notification => notification.Alerts.Count));

        Task<Notification> TicketAsync(string alert, string? target, string? module) => receiver.EventuallyAsync(
            "ticket",
            notification => notification.Alerts.Any(one => one.Labels["alertname"] == alert
                && one.Labels.GetValueOrDefault("target") == target && one.Labels.GetValueOrDefault("module") == module),
            Patience);
    }

    [Fact]
    public void Inhibition_Alerts_KeepTheLabelsOfTheirTarget()
    {
        var rule = Assert.Single(Inhibition().Matches(Repository.Read(AlertmanagerExample.File)));
        var names = AlertName().Matches(rule.Value).Select(match => match.Value).ToList();
        Assert.NotEmpty(names);

        // Labels that both sides lack count as equal. The promtool tests hold the labels; here, that each alert is about one target.
        Assert.All(names, name => Assert.Contains(AlertRules.Alerts, alert => alert.Alert == name
            && alert.Annotations["description"].Contains("{{ $labels.target }}", StringComparison.Ordinal)
            && alert.Annotations["description"].Contains("{{ $labels.module }}", StringComparison.Ordinal)));
        Assert.Contains("severity=\"warning\"", rule.Groups["targets"].Value, StringComparison.Ordinal); // never a page
    }

    private static Dictionary<string, string> Alert(
        string name, string severity, string? target = null, string module = "ping", string instance = "exporter:19555")
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["alertname"] = name,
            ["severity"] = severity,
            ["job"] = "zmq_exporter",
            ["instance"] = instance,
        };
        if (target is not null)
        {
            labels["target"] = target;
            labels["module"] = module;
        }

        return labels;
    }

    /// <summary>Sends alerts in one request, as Prometheus does.</summary>
    private static async Task SendAsync(AlertmanagerServer alertmanager, params Dictionary<string, string>[] alerts)
    {
        using var client = new HttpClient { BaseAddress = alertmanager.Address };
        using var response = await client.PostAsJsonAsync("api/v2/alerts", alerts.Select(labels => new { labels }), TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    [GeneratedRegex(@"- source_matchers: (?<sources>.*)\n +target_matchers: (?<targets>.*)\n +equal: \[(?<equal>.*)\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Inhibition();

    [GeneratedRegex("Zmq[A-Za-z]+", RegexOptions.None, 1000)]
    private static partial Regex AlertName();
}
