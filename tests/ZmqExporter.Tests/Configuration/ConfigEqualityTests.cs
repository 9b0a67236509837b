using System.Collections.Immutable;
using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Binding;
using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.Tests.Configuration;

/// <summary>Configs are values: what is written alike is equal, and a change of one key changes the targets that it concerns, and no other.</summary>
public class ConfigEqualityTests
{
    private const int Runs = 40; // others each time

    // What stands below these is changed key by key; the others must be empty in this version.
    private static readonly ImmutableHashSet<(string, string)> NoValues =
    [
        .. ConfigKeys.Root.Keys.Select(key => ("", key)), ("probe_endpoint", "allow"), ("defaults", "policy"), ("modules.*", "policy"),
        ("targets[*]", "policy"), ("defaults.policy", "flapping"),
        ("modules.*", "exclusive"), // it is true, or the configuration is wrong
    ];

    public static TheoryData<string, string, string> AllowRules { get; } = new()
    {
        { "hosts", "hosts: [a.internal]", "hosts: [a.internal, b.internal]" },
        { "cidrs", "cidrs: [10.0.0.0/8]", "cidrs: [10.0.0.0/9]" },
        { "ports", "hosts: [a], ports: [5555]", "hosts: [a], ports: [5555-5556]" },
        { "schemes", "hosts: [a], schemes: [tcp]", "hosts: [a], schemes: [tcp, ipc]" },
    };

    private static readonly ImmutableArray<string> SettingKeys = [.. ConfigVariants.Settings.Keys];

    private static readonly Gen<ImmutableDictionary<string, string>> Settings =
        Gen.Int[0, 9].Array[SettingKeys.Length].Select(picks => SettingKeys.Zip(picks).Where(pair => pair.Second < 2)
            .ToImmutableDictionary(pair => pair.First, pair => Value(pair.First, pair.Second), StringComparer.Ordinal));

    // Each request or subscription may stand alone, and the second module of a draft extends the first one.
    private static readonly Gen<string> Bodies = Pick(
        "prober: request, send: [a], expect: [{matches: 'a+'}, {json: $.a}], socket: dealer, security: {mechanism: null}",
        "prober: request, steps: [{send: [a, '{token}'], expect: [{equals: '{token}'}]}, {send: [{hex: '00'}]}]",
        "prober: subscribe, topics: [a, {hex: '01'}], max_silence: 5s, sequence: {frame: 1, format: ascii}, sent_at: {frame: 2, format: unix_s}",
        "prober: handshake, socket: sub",
        "prober: request, send: [a], security: {mechanism: curve, server_public_key: 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7'}");

    private static readonly Gen<DraftConfig> Drafts = Gen.Select(
        Settings, Gen.Select(Bodies, Settings).Array[3], Settings, Gen.Select(Settings, Gen.Int[1, 15], Pick("", "team: red", "team: red, site: a")).Array[4],
        (defaults, modules, heir, targets) => new DraftConfig(
            defaults,
            [
                new("m0", modules[0].Item1, modules[0].Item2), new("m1", "extends: m0", heir),
                .. modules[1..].Select((module, i) => new DraftModule($"m{i + 2}", module.Item1, module.Item2)),
            ],
            [
                .. targets.Select((target, i) => new DraftTarget(
                    $"t{i}", $"tcp://host{i}:1", [.. Enumerable.Range(0, 4).Where(module => (target.Item2 & (1 << module)) != 0)], target.Item3, target.Item1)),
            ]));

    [Fact]
    public void Load_Twice_GivesEqualConfigs() => Drafts.Sample(
        draft =>
        {
            var first = Load(draft);
            var second = Load(draft);

            Assert.Equal(first, second);
            Assert.Equal(first.GetHashCode(), second.GetHashCode());
            Assert.All(first.Targets.Zip(second.Targets), pair => Assert.Equal(pair.First.GetHashCode(), pair.Second.GetHashCode()));
        },
        iter: Runs);

    [Fact]
    public void Load_ReferenceConfigTwice_GivesEqualConfigs()
    {
        var first = ConfigLoader.Load(ReferenceConfigTests.ReferencePath).Config!;
        var second = ConfigLoader.Load(ReferenceConfigTests.ReferencePath).Config!;

        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
    }

    // Apart from the drafts, because client: netmq has no such endpoints. Their equality is the runtime's.
    [Theory]
    [InlineData("ipc:///run/a.sock", "ipc:///run/b.sock")]
    [InlineData("ipc://@a", "ipc://@b")]
    public void Load_IpcEndpoints_AreEqualByTheirPaths(string endpoint, string other)
    {
        var before = Parsed.Config(With(endpoint));

        Assert.Equal(before, Parsed.Config(With(endpoint)));
        Assert.Equal(before.GetHashCode(), Parsed.Config(With(endpoint)).GetHashCode());
        Assert.NotEqual(before, Parsed.Config(With(other)));

        static string With(string endpoint) => $"modules: {{m: {{prober: handshake, socket: sub}}}}\ntargets: [{{name: t, endpoint: '{endpoint}', modules: [m]}}]\n";
    }

    [Fact]
    public void Load_OneSettingChanged_ChangesExactlyItsTargets() => Gen.Select(Drafts, Pick([.. SettingKeys]), Gen.Int[0, 8]).Sample(
        (draft, key, place) =>
        {
            DraftLayer layer = place == 0 ? new(DraftScope.Defaults, 0) : place < 5 ? new(DraftScope.Module, place - 1) : new(DraftScope.Target, place - 5);
            if (key == "client" && layer.Scope == DraftScope.Module && draft.IsHandshake(draft.Modules[layer.Index]))
            {
                key = "interval"; // it has no choice of a client, and to write one there is an error
            }

            AssertChanges(draft, Set(draft, layer, key), pair => draft.IsTakenFrom(layer, key, pair));
        },
        iter: Runs * 3);

    [Fact]
    public void Load_OneKeyOfAModuleChanged_ChangesExactlyTheTargetsOfItAndItsHeirs()
    {
        foreach (var change in ConfigVariants.Modules)
        {
            Drafts.Sample(
                draft =>
                {
                    // The age of a connection is an error in a module that keeps none.
                    var ageless = draft with
                    {
                        Modules = [.. draft.Modules.Select((module, i) => i > 1 ? module : module with { Settings = module.Settings.Remove("max_connection_age") })],
                        Targets = [.. draft.Targets.Select(WithOwnClient)],
                        Defaults = draft.Defaults.Remove("client"),
                    };
                    ageless = ageless with { Modules = [.. ageless.Modules.Select(WithOwnClient)] };
                    var before = Body(ageless, change.Before);

                    AssertChanges(before, Body(ageless, change.After), pair => before.IsHeir(pair.Module, of: 0));
                },
                iter: 2);
        }
    }

    [Fact]
    public void Load_OneKeyOfAModuleOfAnotherTargetChanged_ChangesThatTarget() => Assert.All(ConfigVariants.OfOtherTargets, change =>
    {
        var (before, after) = (With(change.Before), With(change.After));

        Assert.Equal(before, With(change.Before));
        Assert.NotEqual(before.Targets.Single(target => target.Name == "t"), after.Targets.Single(target => target.Name == "t"));
        Assert.Equal(before.Targets.Single(target => target.Name == "other"), after.Targets.Single(target => target.Name == "other"));

        static ExporterConfig With(string module)
        {
            var endpoints = module.Contains("heartbeat_push", StringComparison.Ordinal) ? ""
                : module.Contains("path: majordomo", StringComparison.Ordinal) ? "endpoint: 'tcp://a:1', "
                : "endpoint: 'tcp://a:1', return_endpoint: 'tcp://a:2', ";
            return Parsed.Config(
                $"modules: {{m: {{{module}}}, plain: {{prober: handshake, socket: sub}}}}\ntargets:\n  - {{name: t, {endpoints}modules: [m]}}\n  - {{name: other, endpoint: 'tcp://b:1', modules: [plain]}}\n");
        }
    });

    [Theory]
    [InlineData("tcp://a:2", "tcp://a:3")]
    public void Load_ReturnEndpointChanged_ChangesThatTarget(string back, string other)
    {
        Assert.Equal(With(back), With(back));
        Assert.NotEqual(With(back).Targets[0], With(other).Targets[0]);

        static ExporterConfig With(string back) => Parsed.Config($"targets: [{{name: t, endpoint: 'tcp://a:1', return_endpoint: '{back}', modules: [proxy_loop]}}]\n");
    }

    [Fact]
    public void Load_OneKeyOfATargetChanged_ChangesThatTarget() => Gen.Select(Drafts, Gen.Int[0, 3], Gen.Int[0, 2]).Sample(
        (draft, index, key) =>
        {
            var target = draft.Targets[index];
            var changed = key switch
            {
                0 => target with { Name = "other" },
                1 => target with { Endpoint = "tcp://other:1" },
                _ => target with { Labels = "team: blue" },
            };

            AssertChanges(draft, draft with { Targets = draft.Targets.SetItem(index, changed) }, pair => pair.Target == target);
        },
        iter: Runs);

    [Theory]
    [InlineData("", "detail: full")]
    [InlineData("detail: lean, buckets: [0.04]", "detail: lean, buckets: [0.05]")]
    public void Load_MetricsChanged_ChangesTheTargetsWithoutBuckets(string metrics, string other) => Drafts.Sample(
        draft => AssertChanges(
            draft with { Metrics = metrics }, draft with { Metrics = other }, pair => draft.IsTakenFrom(new(DraftScope.Metrics, 0), "buckets", pair)),
        iter: Runs);

    [Fact]
    public void Load_DetailLeanInsteadOfStandard_ChangesTheConfigAndNoTarget() => Drafts.Sample(
        draft =>
        {
            var lean = draft with { Metrics = "detail: lean" };
            AssertChanges(draft, lean, _ => false);
            Assert.NotEqual(Load(draft), Load(lean));
        },
        iter: Runs);

    [Theory]
    [MemberData(nameof(AllowRules))]
    public void Load_WhatProbeMayReachChanged_ChangesTheConfigAndNoTarget(string key, string before, string after) => Drafts.Sample(
        draft =>
        {
            var first = Parsed.Config(draft.ToYaml() + Allow(before), Parsed.Inputs(files: ConfigVariants.Files));
            var second = Parsed.Config(draft.ToYaml() + Allow(after), Parsed.Inputs(files: ConfigVariants.Files));

            Assert.Contains(key, before, StringComparison.Ordinal);
            Assert.Equal(first, Parsed.Config(draft.ToYaml() + Allow(before), Parsed.Inputs(files: ConfigVariants.Files)));
            Assert.NotEqual(first, second);
            Assert.Equal(first.Targets, second.Targets);

            static string Allow(string rule) => $"probe_endpoint: {{allow: [{{{rule}}}]}}\n";
        },
        iter: 4);

    [Fact]
    public void Load_OneRuleOfWhatProbeMayReach_NeedsNoList() => Assert.Equal(
        Parsed.Config("probe_endpoint: {allow: [{cidrs: [10.0.0.0/8]}]}"), Parsed.Config("probe_endpoint: {allow: {cidrs: [10.0.0.0/8]}}"));

    [Fact]
    public void Changes_CoverEveryKnownKey()
    {
        var settings = ConfigVariants.Settings.Keys.SelectMany(Places);
        var targets = new[] { "name", "endpoint", "return_endpoint", "modules", "labels" }.Select(key => ("targets[*]", key));
        var metrics = new[] { "detail", "buckets" }.Select(key => ("metrics", key));
        var covered = settings.Concat(targets).Concat(metrics).Concat(ConfigVariants.Modules.Concat(ConfigVariants.OfOtherTargets).Select(change => (change.Place, change.Key)))
            .Concat(AllowRules.Select(row => ("probe_endpoint.allow[*]", row.Data.Item1))).Concat(SourceConfigTests.Keys).Concat(NoValues);

        Assert.Empty(ConfigKeys.All.SelectMany(table => table.Keys.Select(key => (table.Place, key))).Except(covered));
    }

    [Fact]
    public void Secrets_OfDifferentLengths_Differ()
    {
        Assert.NotEqual(new Secret("a"), new Secret("ab"));
        Assert.Equal(new Secret("ab"), new Secret(string.Concat("a", "b")));
    }

    private static IEnumerable<(string, string)> Places(string setting)
    {
        var path = setting.Split('.');
        return path.Length == 1
            ? [("defaults", setting), ("modules.*", setting), ("targets[*]", setting)]
            : [($"defaults.{string.Join('.', path[..^1])}", path[^1])];
    }

    private static void AssertChanges(DraftConfig before, DraftConfig after, Func<(DraftTarget Target, DraftModule Module), bool> isConcerned)
    {
        var first = Load(before);
        var second = Load(after);
        var concerned = before.Pairs.Select(isConcerned).ToArray();

        Assert.True(first != second || !concerned.Contains(true));
        Assert.Equal(concerned, first.Targets.Zip(second.Targets, (one, other) => one != other));
        Assert.All(
            first.Targets.Zip(second.Targets).Where(pair => pair.First == pair.Second),
            pair => Assert.Equal(pair.First.GetHashCode(), pair.Second.GetHashCode()));
    }

    private static DraftConfig Set(DraftConfig draft, DraftLayer layer, string key)
    {
        var value = ConfigVariants.Settings[key][^1];
        switch (layer.Scope)
        {
            case DraftScope.Defaults:
                return draft with { Defaults = draft.Defaults.SetItem(key, value) };
            case DraftScope.Module:
                var module = draft.Modules[layer.Index];
                return draft with { Modules = draft.Modules.SetItem(layer.Index, module with { Settings = module.Settings.SetItem(key, value) }) };
            default:
                var target = draft.Targets[layer.Index];
                return draft with { Targets = draft.Targets.SetItem(layer.Index, target with { Settings = target.Settings.SetItem(key, value) }) };
        }
    }

    private static DraftConfig Body(DraftConfig draft, string keys) =>
        draft with { Modules = draft.Modules.SetItem(0, draft.Modules[0] with { Keys = keys }) };

    private static DraftTarget WithOwnClient(DraftTarget target) => target with { Settings = target.Settings.Remove("client") };

    private static DraftModule WithOwnClient(DraftModule module) => module with { Settings = module.Settings.Remove("client") };

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    // The last value is for the change. Where it is the only one left beside the default, the default is no value of its own.
    private static string Value(string key, int pick) => ConfigVariants.Settings[key] is var values && pick < values.Length - 1 ? values[pick] : values[0];

    private static ExporterConfig Load(DraftConfig draft) => Parsed.Config(draft.ToYaml(), Parsed.Inputs(files: ConfigVariants.Files));
}
