using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Binding;
using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.Tests.Configuration;

/// <summary>Every setting of a target says where it comes from.</summary>
public sealed class OriginsTests
{
    private const string Text = """
        defaults:
          interval: 10s
          labels: {dc: fra, tier: "1"}
          policy: {down_after: 4, late_after: 300ms}
          modules: [secure]
          client: netmq
        metrics: {detail: full}
        modules:
          ping:
            prober: request
            send: [ping, "${TOKEN}"]
            expect: [{equals: "a\nb"}]
          secure:
            extends: ping
            timeout: 1s
            client: zmtp
            security:
              mechanism: plain
              username: bob
              password: hunter2
          turned:
            extends: clone_snapshot
            send: [x]
          look: {prober: handshake}
        targets:
          - name: orders
            endpoint: tcp://orders.internal:5555
            interval: 5s
            policy: {late_after: 200ms, flapping: {changes: 6}}
            labels: {team: a, tier: "2"}
          - {name: others, endpoint: "tcp://h:1", modules: [turned, look], buckets: [0.1, 0.2]}
        """;

    private static readonly ConfigResult Loaded = ConfigLoader.Parse(Text, "zmq.yml", Parsed.Inputs(new Dictionary<string, string>(StringComparer.Ordinal) { ["TOKEN"] = "s3cr3t" }));

    [Theory]
    [InlineData("endpoint", "tcp://orders.internal:5555", "target, zmq.yml:27:15")]
    [InlineData("module", "secure", "defaults, zmq.yml:5:12")]
    [InlineData("prober", "request", "module ping, zmq.yml:10:13")]
    [InlineData("socket", "req", "built-in default")]
    [InlineData("send", "[ping, \"${TOKEN}\"]", "module ping, zmq.yml:11:11")]
    [InlineData("expect", "[{equals: \"a\\u000ab\"}]", "module ping, zmq.yml:12:13")]
    [InlineData("security.username", "bob", "module secure, zmq.yml:19:17")]
    [InlineData("security.password", "<secret>", "module secure, zmq.yml:20:17")]
    [InlineData("ping", "true", "built-in default")]
    [InlineData("interval", "5s", "target, zmq.yml:28:15")]
    [InlineData("timeout", "1s", "module secure, zmq.yml:15:14")]
    [InlineData("client", "zmtp", "module secure, zmq.yml:16:13")]
    [InlineData("max_connection_age", "1h", "built-in default")]
    [InlineData("policy.late_after", "200ms", "target, zmq.yml:29:26")]
    [InlineData("policy.down_after", "4", "defaults, zmq.yml:4:24")]
    [InlineData("policy.up_after", "2", "built-in default")]
    [InlineData("policy.suspect_interval", "as interval", "built-in default")]
    [InlineData("policy.flapping.changes", "6", "target, zmq.yml:29:53")]
    [InlineData("labels.team", "a", "target, zmq.yml:30:20")]
    [InlineData("labels.tier", "2", "target, zmq.yml:30:29")]
    [InlineData("labels.dc", "fra", "defaults, zmq.yml:3:16")]
    public void Explain_EachLayer_IsNamedWithItsPlace(string key, string value, string origin)
    {
        var setting = Assert.Single(Explain("orders", "secure"), setting => setting.Key == key);

        Assert.Equal((value, origin), (setting.Value, setting.Origin.ToString()));
    }

    [Theory]
    [InlineData("turned", "prober", "request", "built-in module clone_snapshot")]
    [InlineData("turned", "send", "[x]", "module turned, zmq.yml:23:11")]
    [InlineData("turned", "client", "netmq", "defaults, zmq.yml:6:11")]
    [InlineData("turned", "buckets", "[0.1, 0.2, 0.3]", "target, zmq.yml:31:77")]
    [InlineData("look", "client", "zmtp", "built-in default")] // whatever the defaults say: a handshake has no other one
    [InlineData("look", "connection", "per_probe", "built-in default")]
    [InlineData("look", "security.mechanism", "null", "built-in default")]
    [InlineData("look", "timeout", "2s", "built-in default")]
    public void Explain_ModulesThatExtend_NameTheOneThatSaysIt(string module, string key, string value, string origin)
    {
        var setting = Assert.Single(Explain("others", module), setting => setting.Key == key);

        Assert.Equal((value, origin), (setting.Value, setting.Origin.ToString()));
    }

    [Fact]
    public void Explain_BucketsOfTheDetail_ComeFromTheMetricsSection() =>
        Assert.Equal("metrics, zmq.yml:7:19", Explain("orders", "secure").Single(setting => setting.Key == "buckets").Origin.ToString());

    [Fact]
    public void Explain_Secrets_AreNowhere() =>
        Assert.DoesNotContain(
            Loaded.Config!.Targets.SelectMany(target => Loaded.Origins!.Explain(target)),
            setting => setting.Value.Contains("s3cr3t", StringComparison.Ordinal) || setting.Value.Contains("hunter2", StringComparison.Ordinal));

    [Fact]
    public void Explain_StepsOfAParent_GiveWayToWhatTheModuleSends()
    {
        var result = ConfigLoader.Parse(
            """
            modules:
              two: {prober: request, steps: [{send: [a]}, {send: [b]}]}
              one: {extends: two, send: [c]}
              back: {extends: one, steps: [{send: [d]}]}
            targets: [{name: t, endpoint: "tcp://h:1", modules: [two, one, back]}]
            """,
            "zmq.yml",
            Parsed.Inputs());

        Assert.Equal(
            ["two steps [{send: [a]}, {send: [b]}]", "one send [c]", "back steps [{send: [d]}]"],
            result.Config!.Targets.Select(target => result.Origins!.Explain(target).Where(setting => setting.Key is "send" or "steps").Select(setting => $"{target.Module.Name} {setting.Key} {setting.Value}").Single()),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Explain_TargetOfAList_NamesTheListAndItsLabels()
    {
        var listed = Loaded.Lists!.Read(
            """[{"targets": ["tcp://stock:1"], "labels": {"__zmq_name__": "stock", "__zmq_modules__": "ping", "__zmq_interval__": "7s", "team": "b"}}]""", "list.json", true);
        var target = Assert.Single(listed.Targets);

        var settings = Loaded.Origins!.Explain(Assert.Single(target.Configs), target.Own);

        foreach (var key in (string[])["endpoint", "module", "interval", "labels.team"])
        {
            Assert.StartsWith("target list, list.json:1:", settings.Single(setting => setting.Key == key).Origin.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("built-in default", settings.Single(setting => setting.Key == "timeout").Origin.ToString());
        Assert.Equal("defaults, zmq.yml:3:16", settings.Single(setting => setting.Key == "labels.dc").Origin.ToString());
    }

    [Fact]
    public void Keys_OfTheSettings_AreAllThatATargetCanOverride()
    {
        string[] own = ["name", "endpoint", "return_endpoint", "modules", "labels"];
        var flapping = ConfigKeys.Flapping.Keys.Select(key => $"policy.flapping.{key}");
        var policy = ConfigKeys.Policy.Keys.Where(key => key != "flapping").Select(key => $"policy.{key}");
        var all = ConfigKeys.Target.Keys.Except([.. own, "policy"], StringComparer.Ordinal).Concat(policy).Concat(flapping);

        Assert.Equal(all.Order(StringComparer.Ordinal), SettingText.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(SettingText.Keys, key => Assert.NotEmpty(SettingText.Of(Loaded.Config!.Targets[0].Module, key)));
    }

    private static EquatableArray<EffectiveSetting> Explain(string target, string module)
    {
        Assert.Empty(Loaded.Errors.Select(error => error.ToString()));
        return Loaded.Origins!.Explain(Loaded.Config!.Targets.Single(config => config.Name == target && config.Module.Name == module));
    }
}
