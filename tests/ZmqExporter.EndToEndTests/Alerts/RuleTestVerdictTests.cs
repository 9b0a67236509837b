namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>Each file of a run of promtool gets its own verdict, and no other file's.</summary>
public sealed class RuleTestVerdictTests
{
    [Fact]
    public void Read_FailuresBetweenSuccesses_BelongToTheirFiles()
    {
        var verdicts = RuleTestVerdict.Read(
            ["/a.yml", "/b.yml", "/c.yml", "/d.yml"],
            new CommandResult(
                1,
                "Unit Testing:  /a.yml\n\n\nUnit Testing:  /b.yml\n  SUCCESS\n\nUnit Testing:  /c.yml\n\n\nUnit Testing:  /d.yml\n  SUCCESS\n",
                "  FAILED:\n    name: one,\n        exp:[],\n  FAILED:\n    name: two"));

        Assert.Equal([false, true, false, true], verdicts.Select(verdict => verdict.Passed));
        Assert.Equal<string[]>(["    name: one,\n        exp:[],", "    name: two"], verdicts.Select(verdict => verdict.Failure?.Trim('\n')).OfType<string>().ToArray());
    }

    [Theory]
    [InlineData("Unit Testing:  /a.yml\n\n\nUnit Testing:  /b.yml\n  SUCCESS\n", "")]
    [InlineData("Unit Testing:  /a.yml\n  SUCCESS\n", "")]
    [InlineData("", "no such file")]
    public void Read_NotOneVerdictForEachFile_Throws(string output, string error) =>
        Assert.Throws<InvalidOperationException>(() => RuleTestVerdict.Read(["/a.yml", "/b.yml"], new CommandResult(1, output, error)));
}
