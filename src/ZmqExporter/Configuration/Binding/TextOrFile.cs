using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>A text that stands below a key, or in the file that the key with <c>_file</c> behind it names.</summary>
/// <param name="Where">Which of the two the config has.</param>
/// <param name="Text">The text.</param>
internal sealed record TextOrFile(ConfigValue Where, string Text)
{
    /// <summary>The key of the file.</summary>
    public static string FileKey(string key) => $"{key}_file";

    /// <summary>Whether the section has either key.</summary>
    public static bool IsPresent(Section section, string key) => section.FindAll([key, FileKey(key)]).Any();

    /// <summary>Reads the text; null after an error, which shows nothing of it.</summary>
    /// <param name="section">Has one of the two keys.</param>
    /// <param name="key">The key.</param>
    /// <param name="noun">What the text is: "password".</param>
    /// <param name="context">What the load shares.</param>
    public static TextOrFile? Read(Section section, string key, string noun, BindingContext context)
    {
        var file = section.Find(FileKey(key));
        if (section.Find(key) is not { } inline)
        {
            return file is not null && SecretFile.Read(file, noun, context) is { } content ? new TextOrFile(file, content) : null;
        }

        if (file is not null)
        {
            file.Error($"there is a {key} as well", $"keep {FileKey(key)} and remove {key}");
            return null;
        }

        if (inline.ReadText($"write the {noun} in quotes, or use {FileKey(key)}") is not { } text)
        {
            return null;
        }

        // Written as "" it is meant; from the environment it is a variable that somebody forgot to fill.
        if (text.Length == 0 && inline.IsFromEnvironment)
        {
            inline.Error($"{inline.Shown} is empty", $"set the variable to the {noun}, or use {FileKey(key)}");
            return null;
        }

        return new TextOrFile(inline, text);
    }
}
