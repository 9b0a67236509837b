using System.Text.RegularExpressions;

namespace ZmqExporter.Tests.Deploy;

/// <summary>Workflows take actions by commit, and each job names the rights that it has.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Workflows => [.. RepositoryYaml.Below(".github/workflows", "*.yml")];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Uses_EachAction_IsACommitWithItsVersion(string file)
    {
        var uses = Uses().Matches(Repository.Read(file)).Select(match => match.Groups["what"].Value).ToList();

        Assert.NotEmpty(uses);
        Assert.All(uses, action => Assert.Matches(action.StartsWith("./", StringComparison.Ordinal) ? Local() : Pinned(), action));
    }

    [Fact]
    public void Uses_OneAction_IsOneCommitEverywhere()
    {
        var pins = RepositoryYaml.Below(".github/workflows", "*.yml")
            .SelectMany(file => Uses().Matches(Repository.Read(file)))
            .Select(match => match.Groups["what"].Value)
            .Distinct(StringComparer.Ordinal)
            .GroupBy(action => action.Split('@')[0], StringComparer.Ordinal);

        Assert.All(pins, pin => Assert.Single(pin));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Permissions_NoneByDefault_EachJobNamesItsOwn(string file)
    {
        var workflow = RepositoryYaml.Read(file);

        Assert.Equal("{}", workflow.GetProperty("permissions").GetRawText());
        Assert.All(workflow.GetProperty("jobs").EnumerateObject(), job => Assert.NotEmpty(job.Value.GetProperty("permissions").EnumerateObject()));
    }

    [Fact]
    public void Permissions_WhoRunsWhatTheRepositoryHas_MayNotWriteToIt()
    {
        var jobs = RepositoryYaml.Read(".github/workflows/release.yml").GetProperty("jobs").EnumerateObject().ToList();
        var writers = jobs.Where(job => job.Value.GetProperty("permissions").TryGetProperty("contents", out var contents) && contents.GetString() == "write").ToList();

        Assert.Equal("publish-release", Assert.Single(writers).Name);
        Assert.DoesNotContain("actions/checkout", writers[0].Value.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Scripts_ThatWorkflowsRun_Exist()
    {
        var scripts = RepositoryYaml.Below(".github/workflows", "*.yml").SelectMany(file => Script().Matches(Repository.Read(file))).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.Contains("tests/run.sh", scripts);
        Assert.All(scripts, script => Assert.True(File.Exists(Path.Combine(Repository.Root, script)), script));
    }

    [GeneratedRegex(@"^ *(?:- )?uses: (?<what>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Uses();

    [GeneratedRegex(@"^[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", RegexOptions.None, 1000)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^\./\.github/workflows/[\w-]+\.yml$", RegexOptions.None, 1000)]
    private static partial Regex Local();

    [GeneratedRegex(@"(?<![\w/.])(?:tests|packaging|deploy)/[\w/-]+\.sh", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Script();
}
