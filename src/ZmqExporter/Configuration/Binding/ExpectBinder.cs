using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds one entry of <c>expect</c> or <c>until</c>: a source and what must hold for it.</summary>
internal static class ExpectBinder
{
    private const string Remedy = "write a test such as equals, matches, hex, json, below or frames";

    // Each of these says what all of the value is.
    private static readonly ImmutableArray<string> Whole = ["equals", "hex", "base64"];

    // What needs no test: that it is there is the condition.
    private static readonly ImmutableArray<string> Places = ["json", "msgpack", "cbor", "offset"];

    /// <summary>The keys of an entry.</summary>
    public static KeyTable Keys { get; } = new("modules.*.expect[*]", [.. TestBinder.Keys, .. SourceBinder.Keys, "frames"]);

    /// <summary>The tables of the sections below.</summary>
    public static ImmutableArray<KeyTable> Parts { get; } = [Keys, BytesValue.Keys];

    /// <summary>Binds an entry; null after an error.</summary>
    /// <param name="value">The entry.</param>
    /// <param name="captures">What earlier steps have captured; null for nothing.</param>
    public static ExpectConfig? Bind(ConfigValue value, CaptureScope? captures = null)
    {
        captures ??= CaptureScope.None;
        if (value.Node is not YamlMapping)
        {
            value.WrongType("a mapping", "write {equals: ...}");
            return null;
        }

        var section = Section.Open(value, Keys)!;
        var tests = section.FindAll(TestBinder.Keys).Select(test => (Key: KeyOf(value, test), Value: test)).ToList();
        if (section.Find("frames") is { } count)
        {
            return BindCount(section, count);
        }

        var wholes = tests.Where(test => Whole.Contains(test.Key, StringComparer.Ordinal)).Select(test => test.Key).ToList();
        if (wholes.Count > 1)
        {
            value.Error($"has several conditions: {string.Join(", ", wholes)}", "write one entry a condition");
        }

        var place = section.FindAll(Places).Any();
        if (tests.Count == 0 && !place)
        {
            if (!section.HasUnknownKeys)
            {
                value.Error("has no condition", Remedy);
            }

            return null;
        }

        // Beside another test, and with nothing else that says where, a regular expression finds the value.
        var pattern = tests.Count > 1 && !place ? section.Find("matches") : null;
        var source = SourceBinder.Bind(section, pattern, captures: captures);

        // The tests are read even when the source is bad: all errors are worth having.
        var isDocument = section.FindAll(["json", "msgpack", "cbor"]).Any();
        var bound = tests.Where(test => pattern is null || test.Key != "matches")
            .Select(test => TestBinder.Bind(test.Key, test.Value, isDocument, captures))
            .ToList();
        return source is null || bound.Contains(null) || wholes.Count > 1 ? null : new ExpectConfig.Holds(source, [.. bound.OfType<TestConfig>()]);
    }

    private static ExpectConfig.FrameCount? BindCount(Section section, ConfigValue count)
    {
        var others = section.FindAll([.. SourceBinder.Keys, .. TestBinder.Keys]).ToList();
        foreach (var other in others)
        {
            other.Error("has no meaning beside frames, which counts all frames", "remove it, or write an entry of its own");
        }

        return Numbers.Read(count, 1, SourceBinder.MaxFrame + 1) is { } frames && others.Count == 0 ? new ExpectConfig.FrameCount(frames) : null;
    }

    private static string KeyOf(ConfigValue parent, ConfigValue kind) => kind.Path[(parent.Path.Length + 1)..];
}
