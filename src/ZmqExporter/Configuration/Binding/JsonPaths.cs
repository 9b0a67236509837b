using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>JSONPath expressions for replies.</summary>
internal static class JsonPaths
{
    // Newtonsoft's parser recurses with the nesting of filters.
    private const int MaxLength = 1000;
    private const string Remedy = "write a JSONPath such as $.status or $.items[0].id";

    private static readonly JsonSelectSettings Select = new() { RegexMatchTimeout = TimeSpan.FromMilliseconds(100), ErrorWhenNoMatch = false };

    /// <summary>Reads a path; null after an error.</summary>
    public static string? Read(ConfigValue value)
    {
        if (value.ReadText(Remedy) is not { } path)
        {
            return null;
        }

        if (!path.StartsWith('$') || path.Length > MaxLength)
        {
            value.Error(
                path.StartsWith('$') ? $"the JSONPath is longer than {MaxLength} characters" : $"{value.Shown} does not start with $",
                Remedy);
            return null;
        }

        try
        {
            _ = new JObject().SelectTokens(path, Select).Any();
            return path;
        }
        catch (Exception exception)
            when (exception is JsonException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            var words = value.IsFromEnvironment || exception is not JsonException
                ? ""
                : $": {char.ToLowerInvariant(exception.Message[0])}{exception.Message[1..].TrimEnd('.')}";
            value.Error($"{value.Shown} is not a JSONPath{words}", Remedy);
            return null;
        }
    }
}
