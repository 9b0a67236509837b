namespace ZmqExporter.Tests.Architecture;

public sealed class LayerRulesTests
{
    private static readonly Layer[] Layers = [new("Low"), new("High", "Low", "Library")];

    [Fact]
    public void Violations_AllowedDependencies_AreNone() =>
        Assert.Empty(Judge(["Low", "High"], new("T", "High", "Low"), new("T", "High", "Library")));

    [Fact]
    public void Violations_UpwardDependency_IsFound() =>
        Assert.Equal(["Low must not need High, but T does"], Judge(["Low", "High"], new Dependency("T", "Low", "High")));

    [Fact]
    public void Violations_ForeignLibrary_IsFound() =>
        Assert.Equal(["Low must not need Library, but T does"], Judge(["Low", "High"], new Dependency("T", "Low", "Library")));

    [Fact]
    public void Violations_UnlistedPart_IsFound() =>
        Assert.Equal(["New has no place in the list of layers"], Judge(["Low", "High", "New"]));

    [Fact]
    public void Violations_ListedLayerWithoutTypes_IsFound() =>
        Assert.Equal(["High is listed and has no types"], Judge(["Low"]));

    [Fact]
    public void Violations_CycleInTheListItself_IsFound() =>
        Assert.Equal(
            ["the list lets A need B, which does not come before it"],
            LayerRules.Violations([new("A", "B"), new("B", "A")], ["A", "B"], [], []));

    private static IReadOnlyList<string> Judge(string[] parts, params Dependency[] dependencies) =>
        LayerRules.Violations(Layers, parts, ["Library"], dependencies);
}
