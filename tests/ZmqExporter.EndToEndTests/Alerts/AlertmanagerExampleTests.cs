using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>Who is told what, by the example for Alertmanager.</summary>
public sealed partial class AlertmanagerExampleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static string PathOfExample => Path.Combine(Repository.Root, AlertmanagerExample.File);

    [Theory]
    [InlineData(AlertmanagerExample.File)]
    [InlineData("alerts/alertmanager.pagerduty.example.yml")]
    [InlineData("alerts/alertmanager.opsgenie.example.yml")]
    public async Task CheckConfig_Example_IsAccepted(string file)
    {
        var result = await Amtool.RunAsync("check-config", Path.Combine(Repository.Root, file));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Theory]
    [InlineData("alerts/alertmanager.pagerduty.example.yml", "routing_key_file: ")]
    [InlineData("alerts/alertmanager.opsgenie.example.yml", "api_key_file: ")]
    public void Example_ForAPager_DiffersInTheReceiverOfPagesAloneAndHasItsSecretInAFile(string file, string secret)
    {
        var text = Repository.Read(file);

        Assert.Equal(AroundThePager(Repository.Read(AlertmanagerExample.File)), AroundThePager(text));
        Assert.Contains(secret, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("critical", "page")]
    [InlineData("warning", "ticket")]
    [InlineData("info", "nobody")]
    [InlineData("of somebody else", "ticket")] // a mistake is not lost
    [InlineData("none", "ticket")]
    [InlineData("none", "dead-mans-switch", "alertname=ZmqWatchdog")]
    [InlineData("critical", "page", "target=orders")]
    [InlineData("critical", "page", "alertname=ZmqProbeFailing")]
    public async Task Routes_Severity_GoesToItsReceiver(string severity, string receiver, string label = "other=label")
    {
        var result = await Amtool.RunAsync(
            "config", "routes", "test", $"--config.file={PathOfExample}", $"--verify.receivers={receiver}", $"severity={severity}", "job=zmq_exporter", label);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public async Task Pages_EachServerIsAGroup_AndSoIsEachAlertWithoutOne()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var alertmanager = await AlertmanagerServer.StartAsync(AlertmanagerExample.For(receiver.Address));

        await SendAsync(
            alertmanager,
            Alert("ZmqTargetDown", "critical", "a"),
            Alert("ZmqTargetUnresponsive", "critical", "a", module: "deep"),
            Alert("ZmqTargetDown", "critical", "a", instance: "other:19555"),
            Alert("ZmqTargetDown", "critical", "b"),
            Alert("ZmqManyTargetsDown", "critical"),
            Alert("ZmqManyTargetsDown", "critical", instance: "other:19555"),
            Alert("ZmqExporterDown", "critical", instance: "third:19555"),
            Alert("ZmqProbeFailing", "critical", instance: "tcp://orders:5555"),
            Alert("ZmqProbeFailing", "critical", instance: "tcp://book:5556"),
            Alert("ZmqTargetFlapping", "warning", "a"),
            Alert("ZmqTargetFlapping", "warning", "c"),
            Alert("ZmqTargetFlapping", "warning", "d"),
            Alert("ZmqTargetNeverSeen", "warning", "c"),
            Alert("ZmqWatchdog", "none"));
        await receiver.EventuallyAsync("watchdog", _ => true, Patience);
        await Eventually.GetAsync(
            () => Task.FromResult(receiver.Of("page").Sum(one => one.Alerts.Count) >= 9 && receiver.Of("ticket").Sum(one => one.Alerts.Count) >= 3 ? receiver : null),
            Patience,
            () => $"not all came; there were\n{receiver}");

        // a of two modules and two exporters; b; many, seen by two exporters; an exporter; two servers through /probe.
        Assert.Equal("1, 1, 1, 1, 2, 3", string.Join(", ", receiver.Of("page").Select(one => one.Alerts.Count).Order()));
        Assert.All(receiver.Of("page"), one => Assert.Single(one.Alerts.Select(alert => alert.Labels["alertname"].StartsWith("ZmqTarget", StringComparison.Ordinal)).Distinct()));
        Assert.Equal("1, 2", string.Join(", ", receiver.Of("ticket").Select(one => one.Alerts.Count).Order())); // a is down: that it flaps is no news
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

        var tickets = receiver.Of("ticket").SelectMany(notification => notification.Alerts).Select(alert => string.Join(",", alert.Labels.OrderBy(label => label.Key, StringComparer.Ordinal)));
        Assert.Equal(4, tickets.Distinct(StringComparer.Ordinal).Count()); // a group that has another alert is sent again

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

    /// <summary>From the route on, without the receiver of pages.</summary>
    private static string AroundThePager(string text)
    {
        var start = text.IndexOf("\nroute:", StringComparison.Ordinal);
        var page = text.IndexOf("  - name: page\n", StringComparison.Ordinal);
        return text[start..page] + text[text.IndexOf("  - name: ticket\n", StringComparison.Ordinal)..];
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
