namespace ZmqExporter.Tests.Dashboards;

/// <summary>The dashboards keep to every rule. DashboardRuleTests shows that each rule can be broken.</summary>
public sealed class DashboardTests
{
    public static TheoryData<string> Files => [.. Dashboard.Files];

    public static TheoryData<string, string> Rules =>
        [.. from file in Dashboard.Files from rule in DashboardRule.All select new TheoryDataRow<string, string>(file, rule.Name)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void File_Rule_Holds(string file, string rule) => Assert.Empty(DashboardRule.Of(rule).Check(Dashboard.Read(file)));

    [Theory]
    [MemberData(nameof(Files))]
    public void File_Text_IsTidy(string file)
    {
        var text = Repository.Read(Path.Combine(Dashboard.Directory, file));
        var tidy = TidyForm.Of(Dashboard.Parse(file, text).Json);
        if (text == tidy)
        {
            return;
        }

        var target = Path.Combine(Repository.Root, "artifacts", Dashboard.Directory, file);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllText(target, tidy);
        Assert.Fail($"{file} is not tidy; artifacts/{Dashboard.Directory}/{file} is: copy it to {Dashboard.Directory}/");
    }

    [Fact]
    public void Files_ReasonColours_AreTheSameInAll()
    {
        var colours = Dashboard.Files.SelectMany(file => PanelRules.ReasonColours(Dashboard.Read(file))).Distinct().ToArray();

        Assert.NotEmpty(colours);
        Assert.Equal(colours.Length, colours.Select(entry => entry.Reason).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Files_All_AreTheFour() =>
        Assert.Equal(FileRules.Titles.Keys.Select(uid => $"{uid}.json").Order(StringComparer.Ordinal), Dashboard.Files, StringComparer.Ordinal);
}
