using System.Text.Json;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds one entry of <c>expect</c> or <c>until</c>.</summary>
internal static class ExpectBinder
{
    private const int MaxFrame = 255;
    private const string Remedy = "write one of equals, matches, hex, base64, json or frames";

    /// <summary>The keys of an entry.</summary>
    public static KeyTable Keys { get; } = new("modules.*.expect[*]", ["frame", "equals", "matches", "hex", "base64", "json", "frames"]);

    /// <summary>Binds an entry; null after an error.</summary>
    public static ExpectConfig? Bind(ConfigValue value)
    {
        if (value.Node is not YamlMapping)
        {
            value.WrongType("a mapping", "write {equals: ...}");
            return null;
        }

        var section = Section.Open(value, Keys)!;
        var frameValue = section.Find("frame");
        var frame = frameValue is null ? 0 : Numbers.Read(frameValue, 0, MaxFrame);
        var kinds = section.FindAll(["equals", "matches", "hex", "base64", "json", "frames"]).Select(kind => KeyOf(value, kind)).ToList();
        var equals = section.Find("equals");
        if (kinds.Contains("json"))
        {
            _ = kinds.Remove("equals"); // says what the path selects
        }

        if (kinds.Count != 1)
        {
            Complain(value, section, kinds);
            foreach (var several in kinds.Where(several => several != "frames"))
            {
                _ = Read(several, section.Find(several)!, equals: null, frame ?? 0);
            }

            return null;
        }

        var kind = section.Find(kinds[0])!;
        if (kinds[0] == "frames")
        {
            frameValue?.Error("has no meaning beside frames, which counts all frames", "remove it");
            return Numbers.Read(kind, 1, MaxFrame + 1) is { } count && frameValue is null ? new ExpectConfig.FrameCount(count) : null;
        }

        // The condition is read even when the frame number is bad: both errors are worth having.
        var condition = Read(kinds[0], kind, equals, frame ?? 0);
        return frame is null ? null : condition;
    }

    private static void Complain(ConfigValue value, Section section, List<string> kinds)
    {
        if (kinds.Count > 0)
        {
            value.Error($"has several conditions: {string.Join(", ", kinds)}", "write one entry a condition");
        }
        else if (!section.HasUnknownKeys)
        {
            value.Error("has no condition", Remedy);
        }
    }

    private static ExpectConfig? Read(string key, ConfigValue kind, ConfigValue? equals, int frame) => key switch
    {
        "equals" => ReadText(kind) is { } text ? new ExpectConfig.EqualsText(frame, text) : null,
        "matches" => Patterns.Read(kind) is { } pattern ? new ExpectConfig.Matches(frame, pattern) : null,
        "hex" => BinaryText.ReadHex(kind) is { } bytes ? new ExpectConfig.EqualsBytes(frame, [.. bytes]) : null,
        "base64" => BinaryText.ReadBase64(kind) is { } bytes ? new ExpectConfig.EqualsBytes(frame, [.. bytes]) : null,
        _ => ReadJson(kind, equals, frame),
    };

    private static ExpectConfig.SelectsJson? ReadJson(ConfigValue pathValue, ConfigValue? equals, int frame)
    {
        var path = JsonPaths.Read(pathValue);
        var value = equals is null ? null : ReadJsonScalar(equals);
        return path is null || (equals is not null && value is null) ? null : new ExpectConfig.SelectsJson(frame, path, value);
    }

    private static string? ReadText(ConfigValue value) =>
        value.ReadText("write the text in quotes, \"\" for an empty frame") is { } text && ByteEscapes.Check(value) && Placeholders.CheckExpect(value, text)
            ? text
            : null;

    private static string? ReadJsonScalar(ConfigValue value)
    {
        if (value.Node is not YamlScalar scalar)
        {
            value.WrongType("a single value", "write one entry for each value in it");
            return null;
        }

        if (scalar.IsBroken)
        {
            return null;
        }

        var json = JsonScalar.Of(scalar);
        if (json.Kind == JsonValueKind.Undefined)
        {
            value.Error($"{value.Shown} has no spelling in JSON", "put it in quotes to compare with a string");
            return null;
        }

        return Placeholders.CheckExpect(value, json.Text) ? json.Text : null;
    }

    private static string KeyOf(ConfigValue parent, ConfigValue kind) => kind.Path[(parent.Path.Length + 1)..];
}
