using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Reads a secret from the file that a <c>*_file</c> key names.</summary>
/// <remarks>No error shows the name of a file that could not be opened: now and then the secret itself stands there.</remarks>
internal static class SecretFile
{
    private const int MaxSize = 64 * 1024;

    /// <summary>The file's text without the newline at its end; null after an error, which shows nothing of it.</summary>
    /// <param name="value">The path.</param>
    /// <param name="noun">What the file holds: "password".</param>
    /// <param name="context">What the load shares.</param>
    public static string? Read(ConfigValue value, string noun, BindingContext context)
    {
        if (value.ReadText("write the path of a file") is not { } path)
        {
            return null;
        }

        if (!BoundedFile.TryRead(context.Inputs, Path.Combine(context.Directory, path), MaxSize, out var text, out var failure))
        {
            value.Error(
                $"the file {(failure.IsUnread ? "" : $"{value.Shown} ")}{failure.Message.Replace(" from here on", "", StringComparison.Ordinal)}",
                $"{failure.Remedy}{(failure.IsMissing ? Place(path, context) : "")}");
            return null;
        }

        var secret = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        if (secret.Length == 0)
        {
            value.Error($"the file {value.Shown} is empty", $"write the {noun} into it");
            return null;
        }

        return secret;
    }

    // Most missing files are looked for in the wrong directory.
    private static string Place(string path, BindingContext context) => Path.IsPathRooted(path) ? "" : context.Directory.Length == 0
        ? " (paths are relative to the config file's directory)"
        : $" (paths are relative to the config file's directory, {Quoted.Plain(context.Directory)})";
}
