using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Content;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds where the messages of a feed carry their numbers and times: <c>sequence</c> and <c>sent_at</c>.</summary>
internal static class FeedSourceBinder
{
    private const string FrameRemedy = "write frame: and the number of the frame, from 0";
    private const string Digits = "number";

    private static readonly ImmutableArray<string> Places = ["json", "msgpack", "cbor", "matches", "offset"];

    private static readonly Choice<BinaryNumber?> SequenceFormats = new(
        "format of a sequence number",
        [
            .. BinaryNumber.All().Where(format => format is { Kind: BinaryKind.Unsigned, Size: > 1 }).Select(format => (format.Name, format)),
            ("ascii", null),
            (Digits, null),
        ]);

    private static readonly Choice<long> TimeFormats = new(
        "format of a time",
        [("unix_ms", 1_000), ("unix_s", 1), ("unix_us", 1_000_000), ("unix_ns", 1_000_000_000), ("iso8601", 0)]);

    private static readonly Choice<SequenceScope> Scopes = new(
        "scope of a sequence",
        [("topic", SequenceScope.Topic), ("publisher", SequenceScope.Publisher)]);

    private static readonly KeyTable SequenceKeys = new("modules.*.sequence", [.. SourceBinder.Keys, "matches", "per"]);
    private static readonly KeyTable PerKeys = new("modules.*.sequence.per", [.. SourceBinder.Keys, "matches"]);
    private static readonly KeyTable SentAtKeys = new("modules.*.sent_at", [.. SourceBinder.Keys, "matches"]);

    /// <summary>The tables of both.</summary>
    public static ImmutableArray<KeyTable> Parts { get; } = [SequenceKeys, PerKeys, SentAtKeys];

    /// <summary>Binds <c>sequence</c>; null when it is not there or after an error.</summary>
    public static SequenceConfig? BindSequence(ModuleChain chain, ImmutableArray<ImmutableArray<byte>> topics)
    {
        if (chain.Find("sequence") is not { } value || Section.Open(value, SequenceKeys) is not { } section)
        {
            return null;
        }

        var per = section.Find("per");
        var perSource = per?.Node is YamlMapping ? BindSource(per, PerKeys) : null;
        var scope = per is null or { Node: YamlMapping } ? SequenceScope.Topic : ReadScope(chain, per, topics);
        if (FindsPlace(section))
        {
            var offset = section.Find("offset");
            var format = section.Find("format");
            if (offset is null && format is not null && SequenceFormats.TryRead(format, out var written) && written is not null)
            {
                format.Error($"{format.Shown} is for bytes, and what is found there is text", $"write format: {Digits}, or remove it");
            }

            var source = SourceBinder.Bind(section, section.Find("matches"), hasOwnFormat: true);
            if (source is null || (offset is not null && !SequenceFormats.TryRead(format!, out _)))
            {
                return null;
            }

            return new SequenceConfig(source, scope) { PerSource = perSource };
        }

        var frame = section.Require("frame", FrameRemedy) is { } number ? Numbers.Read(number, 0, SourceBinder.MaxFrame) : null;
        var wanted = section.Require("format", "write format: uint32_le");
        return wanted is not null && SequenceFormats.TryRead(wanted, out var known) && frame is { } at
            ? SequenceConfig.OfFrame(at, known, scope) with { PerSource = perSource }
            : null;
    }

    /// <summary>Binds <c>sent_at</c>; null when it is not there or after an error.</summary>
    public static SentAtConfig? BindSentAt(ModuleChain chain)
    {
        if (chain.Find("sent_at") is not { } value || Section.Open(value, SentAtKeys) is not { } section)
        {
            return null;
        }

        if (section.Find("offset") is not null)
        {
            return SourceBinder.Bind(section, section.Find("matches")) is { } binary ? new SentAtConfig(binary, PerSecond: null) : null;
        }

        var isPlace = FindsPlace(section);
        var format = isPlace ? section.Find("format") : section.Require("format", "write format: unix_ms");
        long? perSecond = format is not null && TimeFormats.TryRead(format, out var known) ? known : null;
        if (!isPlace)
        {
            _ = section.Require("frame", FrameRemedy);
        }

        return SourceBinder.Bind(section, section.Find("matches"), hasOwnFormat: true) is { } source && (isPlace || perSecond is not null)
            ? new SentAtConfig(source, perSecond)
            : null;
    }

    private static bool FindsPlace(Section section) => section.FindAll([.. Places, "after", "decode"]).Any();

    private static SourceConfig? BindSource(ConfigValue value, KeyTable keys) =>
        Section.Open(value, keys) is { } section ? SourceBinder.Bind(section, section.Find("matches")) : null;

    private static SequenceScope ReadScope(ModuleChain chain, ConfigValue value, ImmutableArray<ImmutableArray<byte>> topics)
    {
        if (!Scopes.TryRead(value, out var scope))
        {
            return SequenceScope.Topic;
        }

        if (scope == SequenceScope.Publisher && !topics.IsEmpty && !topics.Any(topic => topic.IsEmpty))
        {
            // A module that extends another one may have the sequence from there, and only the topics of its own.
            var own = chain.Sections[0];
            var where = own.Find("sequence") is null ? own.Find("topics") ?? value : value;
            where.Error(
                "per: publisher counts every message of the publisher, and under these topics not every message comes: the others would look lost",
                "write topics: [\"\"], or per: topic");
        }

        return scope;
    }
}
