using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Tests.Configuration;

/// <summary>What a hostile or broken text does to the reader: it must come back, soon, with problems.</summary>
public class YamlReaderTests
{
    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("[[{a: [")]
    public void Read_EndlessNesting_Stops(string open)
    {
        var (root, problems) = Read(string.Concat(Enumerable.Repeat(open, 1_000_000 / open.Length)));

        Assert.Null(root);
        Assert.Contains("nested", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AliasesOfLongText_CountTheText()
    {
        var (root, problems) = Read($"a: &a {new string('x', 1_000_000)}\nb: [{string.Join(", ", Enumerable.Repeat("*a", 1000))}]");

        Assert.Null(root);
        Assert.Contains("aliases", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AliasAtDepth_CountsTheDepthOfBoth()
    {
        var open = new string('[', (YamlReader.MaxDepth / 2) + 1);
        var close = open.Replace('[', ']');
        var (root, problems) = Read($"a: &a {open}{close}\nb: {open}*a{close}");

        Assert.Null(root);
        Assert.Single(problems);
    }

    [Fact]
    public void Read_AnchorUsedAgain_StandsForTheLatestValue()
    {
        var (root, problems) = Read("a: &x 1\nb: *x\nc: &x 2\nd: *x");

        Assert.Empty(problems);
        var values = ((YamlMapping)root!).Entries.Select(entry => ((YamlScalar)entry.Value).Text);
        Assert.Equal(["1", "1", "2", "2"], values, StringComparer.Ordinal);
    }

    [Fact]
    public void Read_SeveralProblems_GivesThemInOrder()
    {
        var (root, problems) = Read("a: 1\na: 2\n? [b]\n: !x 3\n<<: {}\n");

        Assert.NotNull(root);
        Assert.Equal([2, 4, 3, 5], problems.Select(problem => problem.Mark.Line));
    }

    private static (YamlNode? Root, IReadOnlyList<YamlProblem> Problems) Read(string text) =>
        YamlReader.Read(text, "test.yml", scalar => new ScalarExpansion(scalar));
}
