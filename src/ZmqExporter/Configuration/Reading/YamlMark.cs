namespace ZmqExporter.Configuration.Reading;

/// <summary>A place in a YAML file.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Line">From 1; 0 means the file as a whole.</param>
/// <param name="Column">From 1; 0 means the file as a whole.</param>
internal readonly record struct YamlMark(string File, int Line, int Column);
