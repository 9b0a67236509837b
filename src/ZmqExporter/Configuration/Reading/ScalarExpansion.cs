namespace ZmqExporter.Configuration.Reading;

/// <summary>A scalar after the expansion of its variables.</summary>
/// <param name="Text">The expanded text; the written one when there is a problem.</param>
/// <param name="Problem">What is wrong, or null.</param>
/// <param name="Remedy">How to mend it.</param>
internal readonly record struct ScalarExpansion(string Text, string? Problem = null, string Remedy = "");
