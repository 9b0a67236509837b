namespace ZmqExporter.Configuration.Reading;

/// <summary>Something in the file's text that is not the YAML that this program reads.</summary>
/// <param name="Mark">Where.</param>
/// <param name="Path">The key path such as <c>targets[0].endpoint</c>; empty when there is none.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">How to mend it.</param>
internal sealed record YamlProblem(YamlMark Mark, string Path, string Message, string Remedy);
