using System.Text.RegularExpressions;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Binding;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Modules;

namespace ZmqExporter.Tests.Modules;

/// <summary>Every built-in module: compiled, explained, and with examples that work.</summary>
public sealed partial class BuiltInModulesTests
{
    private static readonly string[] Questions = ["alive", "ready", "costs", "wrong"];

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

    private static string Text(string name) => BuiltInModules.All.Single(module => module.Name == name).Text;

    private static ExporterConfig Parse(string text)
    {
        var result = ConfigLoader.Parse(text, "test.yml", ConfigInputs.System);
        Assert.Empty(result.Errors);
        return result.Config!;
    }

    [GeneratedRegex("^#   modules:\n(#     .*\n)+", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Examples();
}
