using ZmqExporter.Configuration;

namespace ZmqExporter.Tests.Configuration;

public class MergeTests
{
    private const string Orders = """
        targets:
          - name: orders
            endpoint: tcp://orders.internal:5555
            modules: [ping]

        """;

    [Fact]
    public void Load_NothingSet_TakesBuiltInDefaults()
    {
        var target = Assert.Single(Parsed.Config(Parsed.Ping + Orders).Targets);

        Assert.Equal("orders", target.Name);
        Assert.Equal("tcp://orders.internal:5555", target.Endpoint.ToString());
        Assert.Equal(TimeSpan.FromSeconds(15), target.Module.Interval);
        Assert.Equal(TimeSpan.FromSeconds(2), target.Module.Timeout);
        Assert.Equal(MessagingClient.Zmtp, target.Module.Client);
        Assert.Equal(TimeSpan.FromHours(1), target.Module.MaxConnectionAge);
        Assert.True(target.Module.Ping);
        Assert.Equal(new PolicyConfig(), target.Module.Policy);
        Assert.Equal(0.999, target.Module.Policy.Objective);
        Assert.Contains(0.5, target.Module.Buckets);
        Assert.IsType<SecurityConfig.Null>(target.Module.Security);
        Assert.Empty(target.Labels);
    }

    [Fact]
    public void Load_EveryLayerSet_NearestWinsKeyByKey()
    {
        var target = Assert.Single(Parsed.Config("""
            defaults:
              interval: 1m
              timeout: 5s
              policy: {late_after: 1s, down_after: 5, up_after: 5, flapping: {changes: 6, window: 1h}}
            modules:
              ping:
                prober: request
                send: [ping]
                interval: 30s
                policy: {down_after: 4, up_after: 4, suspect_interval: 6s}
            targets:
              - name: orders
                endpoint: tcp://orders.internal:5555
                modules: [ping]
                interval: 10s
                policy: {up_after: 1, flapping: {changes: 8}}
            """).Targets);

        Assert.Equal(TimeSpan.FromSeconds(10), target.Module.Interval);
        Assert.Equal(TimeSpan.FromSeconds(5), target.Module.Timeout);
        Assert.Equal(
            new PolicyConfig
            {
                LateAfter = TimeSpan.FromSeconds(1),
                DownAfter = 4,
                UpAfter = 1,
                SuspectInterval = TimeSpan.FromSeconds(6),
                FlappingChanges = 8,
                FlappingWindow = TimeSpan.FromHours(1),
            },
            target.Module.Policy);
    }

    [Fact]
    public void Load_MaxConnectionAge_NearestWinsAndZeroNeedsNoUnit()
    {
        var targets = Parsed.Config("""
            defaults: {max_connection_age: 2h}
            modules:
              a: {prober: request, send: [a]}
              b: {prober: subscribe, topics: [""], max_silence: 1m, max_connection_age: 0}
              c: {extends: b, max_connection_age: 30d}
            targets:
              - {name: x, endpoint: "tcp://x:1", modules: [a, b, c]}
              - {name: y, endpoint: "tcp://y:1", modules: [b], max_connection_age: 1s}
              - {name: z, endpoint: "tcp://z:1", modules: [a], max_connection_age: 0s}
            """).Targets;

        Assert.Equal(
            [TimeSpan.FromHours(2), TimeSpan.Zero, TimeSpan.FromDays(30), TimeSpan.FromSeconds(1), TimeSpan.Zero],
            targets.Select(target => target.Module.MaxConnectionAge));
    }

    [Fact]
    public void Load_Ping_IsTakenOverFromTheModuleThatIsExtended()
    {
        var modules = Parsed.Config("""
            modules:
              mute: {prober: request, send: [ping], ping: false}
              heir: {extends: mute}
              talkative: {extends: heir, ping: true}
            """).Modules;

        Assert.Equal([false, false, true], new[] { "mute", "heir", "talkative" }.Select(name => modules[name].Ping));
    }

    [Theory]
    [InlineData("socket: dealer", false)]
    [InlineData("socket: pub", false)]
    [InlineData("socket: sub", true)]
    [InlineData("socket: xsub", true)]
    [InlineData("socket: sub\n    ping: false", false)]
    [InlineData("socket: xsub\n    ping: false", false)]
    [InlineData("socket: sub\n    connection: per_probe", false)]
    [InlineData("socket: dealer\n    connection: persistent", true)]
    [InlineData("socket: pull\n    connection: per_probe", false)]
    public void Load_ConnectionOfAHandshake_IsKeptForASubscriberUnlessSaidOtherwise(string keys, bool isKept)
    {
        var module = Parsed.Config($"modules:\n  look:\n    extends: transport\n    {keys}\n", Parsed.Inputs()).Modules["look"];

        Assert.Equal(isKept, Assert.IsType<HandshakeProberConfig>(module.Prober).Persistent);
    }

    [Theory]
    [InlineData("300ms", 150)]
    [InlineData("1s", 500)]
    [InlineData("4s", 500)]
    public void Load_LateAfterNotSet_IsHalfOfAShortTimeout(string timeout, int milliseconds)
    {
        var config = Parsed.Config(Parsed.Ping + $"    timeout: {timeout}\n");

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), config.Modules["ping"].Policy.LateAfter);
    }

    [Fact]
    public void Load_ModuleAloneContradictsDefault_IsFineWhenEveryTargetMends()
    {
        var config = Parsed.Config(Parsed.Ping + "    timeout: 20s\n" + Orders + "    interval: 30s\n");

        Assert.Equal(TimeSpan.FromSeconds(20), Assert.Single(config.Targets).Module.Timeout);
    }

    [Fact]
    public void Load_InvalidOverride_CausesNoSecondError()
    {
        var errors = Parsed.Errors(Parsed.Ping + "    timeout: soon\n    interval: 1s\n" + Orders);

        Assert.Equal("modules.ping.timeout", Assert.Single(errors).Path);
    }

    [Fact]
    public void Load_SeveralModules_GivesOneTargetConfigEach()
    {
        var targets = Parsed.Config("""
            modules:
              a: {prober: request, send: [a]}
              b: {prober: request, send: [b]}
            targets:
              - {name: x, endpoint: "tcp://x:1", modules: [b, a], labels: {team: red}}
              - {name: y, endpoint: "tcp://y:1", modules: [a]}
            """).Targets;

        Assert.Equal([("x", "b"), ("x", "a"), ("y", "a")], targets.Select(target => (target.Name, target.Module.Name)));
        Assert.Equal("red", targets[1].Labels["team"]);
    }

    [Fact]
    public void Load_DefaultLabelsAndModules_AreThoseOfTargetsThatSayNothingElse()
    {
        var targets = Parsed.Config("""
            defaults: {labels: {team: red, site: a}, modules: [a, b]}
            modules:
              a: {prober: request, send: [a]}
              b: {prober: request, send: [b]}
            targets:
              - {name: x, endpoint: "tcp://x:1"}
              - {name: y, endpoint: "tcp://y:1", modules: [b], labels: {team: blue, rack: "1"}}
            """).Targets;

        Assert.Equal(["x/a", "x/b", "y/b"], targets.Select(target => $"{target.Name}/{target.Module.Name}"), StringComparer.Ordinal);
        Assert.Equal(["site=a", "team=red"], targets[0].Labels.Select(label => $"{label.Key}={label.Value}"), StringComparer.Ordinal);
        Assert.Equal(["rack=1", "site=a", "team=blue"], targets[2].Labels.Select(label => $"{label.Key}={label.Value}"), StringComparer.Ordinal);
    }

    [Fact]
    public void Load_TopLevelKeysWithX_AreNobodysAndHoldAnchors()
    {
        var config = Parsed.Config("x-often: &often {interval: 5s}\nx-: 1\ndefaults: *often\n" + Parsed.Ping + Orders);

        Assert.Equal(TimeSpan.FromSeconds(5), Assert.Single(config.Targets).Module.Interval);
    }

    [Theory]
    [InlineData("targets: []")]
    [InlineData("metrics: {detail: full}")]
    [InlineData("target_files: []\ntarget_urls: []\nprobe_endpoint: {allow: []}")]
    public void Load_NoTargets_IsLegal(string text) => Assert.Empty(Parsed.Config(text).Targets);

    [Fact]
    public void Load_Metrics_AreRead()
    {
        var metrics = Parsed.Config("metrics: {detail: lean, buckets: [1e-3, 0.5, 1, 2.5]}").Metrics;

        Assert.Equal(MetricsDetail.Lean, metrics.Detail);
        Assert.Equal([0.001, 0.5, 1, 2.5], metrics.Buckets);
    }

    [Fact]
    public void Load_Objective_NearestWins()
    {
        var targets = Parsed.Config("""
            defaults: {policy: {objective: 0.95}}
            modules:
              a: {prober: request, send: [a]}
              b: {extends: a, policy: {objective: 0.99}}
            targets:
              - {name: x, endpoint: "tcp://x:1", modules: [a, b]}
              - {name: y, endpoint: "tcp://y:1", modules: [b], policy: {objective: 0.5}}
            """).Targets;

        Assert.Equal([0.95, 0.99, 0.5], targets.Select(target => target.Module.Policy.Objective));
    }

    [Fact]
    public void Load_Buckets_NearestWinsAndTheSoftDeadlineIsOneOfThem()
    {
        var targets = Parsed.Config("""
            defaults: {policy: {late_after: 200ms}}
            modules:
              a: {prober: request, send: [a]}
              b: {extends: a, buckets: [0.1, 1, 2.0]}
              c: {extends: b, policy: {late_after: 1s}}
            targets:
              - {name: x, endpoint: "tcp://x:1", modules: [a, b, c]}
              - {name: y, endpoint: "tcp://y:1", modules: [a, b], buckets: [0.3]}
              - {name: z, endpoint: "tcp://z:1", modules: [b], policy: {late_after: 50ms}}
            metrics: {buckets: [0.001, 0.01]}
            """).Targets;

        Assert.Equal(
            [[0.001, 0.01, 0.2], [0.1, 0.2, 1, 2], [0.1, 1, 2], [0.2, 0.3], [0.2, 0.3], [0.05, 0.1, 1, 2]],
            targets.Select(target => target.Module.Buckets.ToArray()));
    }

    [Theory]
    [InlineData("", 10)]
    [InlineData("metrics: {detail: lean}", 10)]
    [InlineData("metrics: {detail: standard}", 10)]
    [InlineData("metrics: {detail: full}", 18)]
    [InlineData("defaults: {buckets: [0.5]}", 1)]
    [InlineData("defaults: {timeout: 400ms}", 11)]
    public void Load_BucketsNotSet_AreThoseOfTheDetail(string text, int count)
    {
        var config = Parsed.Config($"{Parsed.Ping}{Orders}{text}\n");

        Assert.Equal(count, Assert.Single(config.Targets).Module.Buckets.Length);
    }

    [Fact]
    public void Load_BucketsOfStandard_AreThoseOfFullToo() =>
        Assert.Empty(RoundTripBuckets.DefaultOf(MetricsDetail.Standard).Except(RoundTripBuckets.DefaultOf(MetricsDetail.Full)));
}
