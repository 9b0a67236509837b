using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ZmqExporter.Content;
using Zmtp.Wire;

namespace ZmqExporter.Heartbeat;

/// <summary>What a server says of itself besides its status. Immutable.</summary>
internal sealed record HeartbeatDetails
{
    private const string StartTimeKey = "start_time";
    private const string VersionKey = "version";
    private const string ReasonKey = "reason";
    private const int MaxText = 200;

    /// <summary>None.</summary>
    public static HeartbeatDetails None { get; } = new();

    /// <summary>When the process started, in seconds since 1970; null when it does not say.</summary>
    public double? StartTime { get; private init; }

    /// <summary>Its version, escaped and not too long; null when it does not say.</summary>
    public string? Version { get; init; }

    /// <summary>Why it is not serving, escaped and not too long; null when it does not say.</summary>
    public string? Reason { get; init; }

    /// <summary>All other numbers by name, no name twice.</summary>
    public ImmutableArray<KeyValuePair<string, double>> Numbers { get; private init; } = [];

    /// <summary>How many numbers more there are, or have names that cannot be a label's.</summary>
    public int Dropped { get; private init; }

    /// <summary>Why it cannot be read, as the end of a sentence; null when it can.</summary>
    public string? Problem { get; private init; }

    /// <summary>Reserved keys that have another type than they should have.</summary>
    public ImmutableArray<string> Mistyped { get; private init; } = [];

    /// <summary>Reads a JSON object or a MessagePack map; no bytes are no details.</summary>
    public static HeartbeatDetails Read(ReadOnlySpan<byte> frame)
    {
        if (frame.IsEmpty)
        {
            return None;
        }

        if (frame[0] == '{')
        {
            return ReadJson(frame, "no JSON object");
        }

        if (frame[0] is not (>= 0x80 and <= 0x8F or 0xDE or 0xDF))
        {
            return new HeartbeatDetails { Problem = $", which begins as neither a JSON object nor a MessagePack map does: {Excerpt.Of(frame)}" };
        }

        var json = new ArrayBufferWriter<byte>();
        return MessagePackText.TryWrite(frame, json) ? ReadJson(json.WrittenSpan, "no MessagePack map") : new HeartbeatDetails { Problem = ", which is no MessagePack map" };
    }

    private static HeartbeatDetails ReadJson(ReadOnlySpan<byte> json, string kind)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            var details = ReadObject(ref reader);
            return reader.Read() ? new HeartbeatDetails { Problem = $", which is {kind}" } : details; // it throws when anything follows
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // the latter: no UTF-8
        {
            return new HeartbeatDetails { Problem = $", which is {kind}: {exception.Message.Split('.')[0]}" };
        }
    }

    private static HeartbeatDetails ReadObject(ref Utf8JsonReader reader)
    {
        var details = None;
        var numbers = ImmutableArray.CreateBuilder<KeyValuePair<string, double>>();
        var mistyped = ImmutableArray.CreateBuilder<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var dropped = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (!names.Add(name))
            {
                reader.Skip(); // the first one counts
            }
            else if (name is StartTimeKey or VersionKey or ReasonKey)
            {
                details = TakeReserved(details, name, ref reader, mistyped);
            }
            else if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && double.IsFinite(number))
            {
                var isKept = numbers.Count < HeartbeatProtocol.MaxNumbers && IsName(name);
                dropped += isKept ? 0 : 1;
                if (isKept)
                {
                    numbers.Add(KeyValuePair.Create(name, number));
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return details with { Numbers = numbers.ToImmutable(), Dropped = dropped, Mistyped = mistyped.ToImmutable() };
    }

    private static HeartbeatDetails TakeReserved(HeartbeatDetails details, string name, ref Utf8JsonReader reader, ImmutableArray<string>.Builder mistyped)
    {
        if (name == StartTimeKey && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var time) && time is >= 0 and < 1e12)
        {
            return details with { StartTime = time };
        }

        if (name != StartTimeKey && reader.TokenType == JsonTokenType.String)
        {
            var text = Shown(reader.GetString()!);
            return name == VersionKey ? details with { Version = text } : details with { Reason = text };
        }

        mistyped.Add(name);
        reader.Skip();
        return details;
    }

    private static string Shown(string text)
    {
        var cut = text.Length > MaxText ? text[..MaxText] + "…" : text;
        return string.Concat(cut.EnumerateRunes().Select(static rune => Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format ? "\uFFFD" : rune.ToString()));
    }

    private static bool IsName(string name) => name.Length is > 0 and <= HeartbeatProtocol.MaxName
        && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
