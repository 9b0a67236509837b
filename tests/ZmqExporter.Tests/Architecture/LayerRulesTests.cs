namespace ZmqExporter.Tests.Architecture;

public sealed class LayerRulesTests
{
    private static readonly Layer[] Layers = [new("Low"), new("High", "Low", "Library")];

    private static readonly Dependency[] Needs = [new("T", "High", "Low"), new("T", "High", "Library")];

    [Fact]
    public void Violations_AllowedDependencies_AreNone() =>
        Assert.Empty(Judge(["Low", "High"], Needs));

    [Fact]
    public void Violations_UpwardDependency_IsFound() =>
        Assert.Equal(["Low must not need High, but T does"], Judge(["Low", "High"], [.. Needs, new Dependency("T", "Low", "High")]));

    [Fact]
    public void Violations_ForeignLibrary_IsFound() =>
        Assert.Equal(["Low must not need Library, but T does"], Judge(["Low", "High"], [.. Needs, new Dependency("T", "Low", "Library")]));

    [Fact]
    public void Violations_ListedDependencyThatIsNone_IsFound() =>
        Assert.Equal(["the list lets High need Library, which it does not"], Judge(["Low", "High"], Needs[0]));

    [Fact]
    public void Violations_UnlistedPart_IsFound() =>
        Assert.Equal(["New has no place in the list of layers"], Judge(["Low", "High", "New"], Needs));

    [Fact]
    public void Violations_ListedLayerWithoutTypes_IsFound() =>
        Assert.Equal(["High is listed and has no types"], Judge(["Low"]));

    [Fact]
    public void Violations_CycleInTheListItself_IsFound() =>
        Assert.Equal(
            ["the list lets A need B, which does not come before it"],
            LayerRules.Violations([new("A", "B"), new("B", "A")], ["A", "B"], [], [new("T", "A", "B"), new("T", "B", "A")]));

    private static IReadOnlyList<string> Judge(string[] parts, params Dependency[] dependencies) =>
        LayerRules.Violations(Layers, parts, ["Library"], dependencies);
}
