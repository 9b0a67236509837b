using System.Text.RegularExpressions;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Binding;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Modules;

namespace ZmqExporter.Tests.Modules;

/// <summary>Every built-in module: compiled, explained, and with examples that work.</summary>
public sealed partial class BuiltInModulesTests
{
    private static readonly string[] Questions = ["port", "alive", "ready", "costs", "wrong", "proof"];

    public static TheoryData<string> Names => [.. BuiltInModules.All.Select(module => module.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_AsAConfig_HasThisModuleAlone(string name) => Assert.Equal([name], Parse(Text(name)).Modules.Keys, StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Names))]
    public void Module_OfAnEmptyConfig_IsThere(string name)
    {
        var module = Parse("{}").FindModule(name);

        Assert.Equal(name, module?.Name);
        Assert.Equal(EffectiveSettings.DefaultTimeout, module?.Timeout); // theirs are the user's defaults
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_BeforeTheModule_AnswersEveryQuestion(string name)
    {
        var comments = Text(name).Split("modules:\n", 2)[0].Split('\n');

        Assert.Matches("^# [A-Za-z].{10,100}[^.]$", comments[0]);
        Assert.Equal("#", comments[1]);
        Assert.All(Questions, question => Assert.Contains(comments, line => line.StartsWith($"# {question}:", StringComparison.Ordinal)));
        Assert.All(Text(name).Split('\n'), line => Assert.True(line.Length <= 140, line));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_ExamplesInTheComments_AreGood(string name)
    {
        foreach (Match example in Examples().Matches(Text(name)))
        {
            var yaml = string.Concat(example.Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"{line.TrimStart('#')}\n"));
            Assert.Single(Parse(yaml).Modules);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_ValuesOfTheModule_AreNamedInTheComments(string name)
    {
        var comments = Text(name).Split("modules:\n", 2)[0];
        var said = MetricNames().Matches(SaidValues().Match(comments).Value).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.All(ValuesOf(name), value => Assert.Contains(value.Metric, said));
        Assert.DoesNotContain(said, word => !word.StartsWith("zmq_", StringComparison.Ordinal) && ValuesOf(name).All(value => value.Metric != word)
            && BuiltInModules.All.All(module => module.Name != word));
    }

    [Fact]
    public void Values_OfAllModules_BeginWithTheirProgramAndAreOfOneModule()
    {
        var values = BuiltInModules.All.SelectMany(module => ValuesOf(module.Name).Select(value => (Module: module.Name, value.Metric))).Distinct().ToList();

        Assert.NotEmpty(values);
        Assert.All(values, value => Assert.StartsWith(value.Module.Split('_')[0] + "_", value.Metric, StringComparison.Ordinal));
        Assert.Equal(values.Count, values.Select(value => value.Metric).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Load_AllBuiltInModulesInOneFile_AgreeOnTheirMetrics() =>
        Assert.Equal(
            BuiltInModules.All.Length,
            Parse($"modules:\n{string.Concat(BuiltInModules.All.Select(module => module.Text.Split("\nmodules:\n", 2)[1]))}").Modules.Count);

    [Fact]
    public void Documentation_OfTheChoice_NamesEveryModule()
    {
        var text = Repository.Read("docs/choosing-a-probe.md");

        Assert.All(BuiltInModules.All, module => Assert.Contains($"`{module.Name}`", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_TargetWithoutModulesInTheFile_UsesBuiltInOnes()
    {
        var config = Parse("targets: [{name: x, endpoint: \"tcp://x:1\", modules: [freelance, transport]}]");

        Assert.Equal(["freelance", "transport"], config.Targets.Select(target => target.Module.Name), StringComparer.Ordinal);
        Assert.Empty(config.Modules);
    }

    [Fact]
    public void Load_ModuleOfTheSameName_HidesTheBuiltInOne()
    {
        var config = Parse("modules: {freelance: {prober: request, send: [hello]}}");

        Assert.Equal("hello", ((RequestProberConfig)config.FindModule("freelance")!.Prober).Steps[0].Send[0].Text);
        Assert.DoesNotContain("freelance", config.BuiltInModules.Keys, StringComparer.Ordinal);
    }

    [Fact]
    public void Load_DefaultsThatOnlyTheFilesModulesMakeFit_AreNoFaultOfUnusedBuiltInOnes() =>
        Parse("{defaults: {timeout: 20s}, modules: {m: {extends: freelance, interval: 30s}}}");

    private static EquatableArray<ValueConfig> ValuesOf(string name) => Parse("{}").FindModule(name)!.Prober switch
    {
        RequestProberConfig request => request.Values,
        SubscribeProberConfig subscribe => subscribe.Values,
        _ => [],
    };

    private static string Text(string name) => BuiltInModules.All.Single(module => module.Name == name).Text;

    private static ExporterConfig Parse(string text)
    {
        var result = ConfigLoader.Parse(text, "test.yml", ConfigInputs.System);
        Assert.Empty(result.Errors);
        return result.Config!;
    }

    [GeneratedRegex("^# values: .*\n(#         .*\n)*", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SaidValues();

    [GeneratedRegex("\\b[a-z0-9]+_[a-z0-9_]+\\b", RegexOptions.None, 1000)]
    private static partial Regex MetricNames();

    [GeneratedRegex("^#   modules:\n(#     .*\n)+", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Examples();
}
