namespace ZmqExporter.Configuration;

/// <summary>An entry of <c>target_files</c>.</summary>
/// <param name="Pattern">As it is written: the name of the source.</param>
/// <param name="Path">Where the files are; in the last component <c>*</c> stands for anything.</param>
internal sealed record TargetFilesConfig(string Pattern, string Path);
