using ZmqExporter.Configuration.Reading;
using ZmqExporter.Content;

namespace ZmqExporter.Configuration.Binding;

/// <summary>JSONPath expressions for replies.</summary>
internal static class JsonPaths
{
    private const int MaxLength = 1000;
    private const string Remedy = "write a JSONPath such as $.status or $.items[0].id";

    /// <summary>Reads a path; null after an error.</summary>
    public static JsonPath? Read(ConfigValue value)
    {
        if (value.ReadText(Remedy) is not { } text)
        {
            return null;
        }

        if (!text.StartsWith('$') || text.Length > MaxLength)
        {
            value.Error(
                text.StartsWith('$') ? $"the JSONPath is longer than {MaxLength} characters" : $"{value.Shown} does not start with $",
                Remedy);
            return null;
        }

        var path = JsonPath.TryParse(text, out var error);
        if (path is null)
        {
            value.Error($"{value.Shown} is not a JSONPath{(error is null || value.IsFromEnvironment ? "" : $": {error}")}", Remedy);
        }

        return path;
    }
}
