using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>topics</c>: each entry a text, or a mapping with one of the other spellings.</summary>
internal static class TopicBinder
{
    /// <summary>What to write when the list is missing or no list.</summary>
    public const string Remedy = "write topics: [\"\"] for every message, or the prefixes that you want";

    private const int MaxTopics = 1000;
    private const int MaxSize = 1000;
    private const string EntryRemedy = "write a text, {hex: ..} or {base64: ..}";

    /// <summary>The spellings other than text.</summary>
    public static KeyTable Keys { get; } = new("modules.*.topics[*]", ["hex", "base64"]);

    /// <summary>Binds the list; those entries that have errors are left out.</summary>
    public static ImmutableArray<ImmutableArray<byte>> BindList(ConfigValue list)
    {
        if (list.ReadItems(Remedy) is not { } items)
        {
            return [];
        }

        if (items.Length is 0 or > MaxTopics)
        {
            list.Error(
                items.IsEmpty ? "the list is empty, and a subscriber to nothing gets nothing"
                    : string.Create(CultureInfo.InvariantCulture, $"there are {items.Length} topics"),
                items.IsEmpty ? Remedy : $"write {MaxTopics} at most, or a shorter prefix");
            return [];
        }

        return [.. items.Select(Bind).OfType<byte[]>().Select(ImmutableArray.Create)];
    }

    private static byte[]? Bind(ConfigValue value)
    {
        var topic = value.Node is YamlMapping ? BindMapping(value)
            : value.ReadText(EntryRemedy) is { } text && ByteEscapes.Check(value) ? Encoding.UTF8.GetBytes(text)
            : null;
        if (topic is not null && topic.Length > MaxSize)
        {
            value.Error($"the topic is longer than {MaxSize} bytes", "write a shorter prefix");
        }

        return topic;
    }

    private static byte[]? BindMapping(ConfigValue value)
    {
        var section = Section.Open(value, Keys)!;
        var hex = section.Find("hex");
        var base64 = section.Find("base64");
        if ((hex is null) == (base64 is null))
        {
            if (hex is not null || !section.HasUnknownKeys)
            {
                value.Error(hex is null ? "does not say which topic" : "says the topic in two ways", EntryRemedy);
            }

            return null;
        }

        return hex is not null ? BinaryText.ReadHex(hex) : BinaryText.ReadBase64(base64!);
    }
}
