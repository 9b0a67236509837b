using System.Globalization;
using System.Text.Unicode;

namespace ZmqExporter.Benchmarks.Feeds;

/// <summary>What a feed sends, and what the exporter looks at in it.</summary>
/// <param name="Name">Its name for the publisher's process.</param>
/// <param name="Title">For people.</param>
/// <param name="Mapping">The module's keys that look into messages, in YAML.</param>
/// <param name="HasSequence">Whether the exporter sees what is lost.</param>
internal sealed record FeedForm(string Name, string Title, string Mapping, bool HasSequence)
{
    private const int Rotation = 16; // how many symbols there are

    public static FeedForm[] All { get; } =
    [
        new("plain", "JSON, nobody looks into it", "", HasSequence: false),
        new("json", "JSON, sequence and two values", Values("json") + Sequence("json"), HasSequence: true),
        new("timed", "JSON, sequence, time and two values", Values("json") + Sequence("json") + "\n    sent_at: {frame: 1, json: $.ts, format: unix_ms}", HasSequence: true),
        new("labels", "JSON, sequence and a value by label", Sequence("json") + Labelled, HasSequence: true),
        new("checked", "JSON, sequence and one expect", Sequence("json") + "\n    expect: [{frame: 1, json: $.side, one_of: [buy, sell]}]", HasSequence: true),
        new("msgpack", "MessagePack, sequence and two values", Values("msgpack") + Sequence("msgpack"), HasSequence: true),
    ];

    private const string Labelled =
        "\n    values:\n    - {metric: bench_price, help: The price., frame: 1, json: $.price, labels: {symbol: $.symbol}}";

    /// <summary>Writes the body of a message: about 150 bytes.</summary>
    /// <returns>Its length.</returns>
    public int Write(Span<byte> target, ulong number, long unixMilliseconds)
    {
        if (Name == "msgpack")
        {
            return FeedPack.Write(target, number, unixMilliseconds);
        }

        var (symbol, cents) = (number % Rotation, number % 100);
        _ = Utf8.TryWrite(
            target,
            CultureInfo.InvariantCulture,
            $"{{\"type\":\"trade\",\"symbol\":\"SYM-{symbol}\",\"venue\":\"XNAS\",\"seq\":{number},\"ts\":{unixMilliseconds},\"price\":97123.{cents:00},\"depth\":{symbol},\"side\":\"buy\",\"flags\":[1,2],\"note\":\"none\"}}",
            out var written);
        return written;
    }

    private static string Values(string format) =>
        $"\n    values:\n    - {{metric: bench_price, help: The price., frame: 1, {format}: $.price}}\n    - {{metric: bench_depth, help: The depth., frame: 1, {format}: $.depth}}";

    private static string Sequence(string format) => $"\n    sequence: {{frame: 1, {format}: $.seq}}";
}
