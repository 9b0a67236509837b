namespace ZmqExporter.Modules;

/// <summary>A module that comes with the program.</summary>
/// <param name="Name">Its name, for <c>targets[].modules</c>, <c>extends</c> and <c>probe --module</c>.</param>
/// <param name="Text">A config with this one module and what there is to know about it in the comments before.</param>
internal sealed record BuiltInModule(string Name, string Text)
{
    /// <summary>What it does, in a few words: the first line of its text.</summary>
    public string Description { get; } = Text.Split('\n', 2)[0].TrimStart('#', ' ').TrimEnd();
}
