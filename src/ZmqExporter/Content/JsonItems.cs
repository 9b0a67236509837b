using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ZmqExporter.Content;

/// <summary>
/// A JSONPath of names, indices and wildcards, such as <c>$.workers[*]</c>: finds all that it selects without a tree of the JSON, whose memory would be in
/// the hands of the peer. Immutable and thread-safe.
/// </summary>
internal sealed partial class JsonItems
{
    private readonly JsonStep[] _steps;

    private JsonItems(JsonStep[] steps) => _steps = steps;

    /// <summary>Reads a path.</summary>
    /// <returns>Null when it has something else in it.</returns>
    public static JsonItems? TryParse(string text) => PlainPath.Match(text) is { Success: true } match
        ? new JsonItems([.. match.Groups["step"].Captures.Select(capture => JsonStep.Of(capture.Value))])
        : null;

    /// <summary>Where the values are.</summary>
    /// <param name="json">JSON in UTF-8, of any origin.</param>
    /// <param name="most">No more than so many.</param>
    /// <returns>None as well when it is not JSON.</returns>
    public IReadOnlyList<Range> Find(ReadOnlySpan<byte> json, int most)
    {
        var found = new Found(most);
        try
        {
            var reader = new Utf8JsonReader(json, PathTree.Options);
            if (reader.Read())
            {
                Follow(ref reader, _steps, found);
            }

            while (reader.Read())
            {
                // What follows is no JSON either: the reader throws.
            }

            return found.Places;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return []; // the latter: invalid UTF-8, or half of a surrogate pair, in a name
        }
    }

    // At the first token of a value; leaves the reader at its last.
    private static void Follow(ref Utf8JsonReader reader, ReadOnlySpan<JsonStep> steps, Found found)
    {
        if (steps.IsEmpty)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            found.Add(start..(int)reader.BytesConsumed);
        }
        else if (reader.TokenType == JsonTokenType.StartObject && steps[0].IsAll)
        {
            FollowMembers(ref reader, steps[1..], found);
        }
        else if (reader.TokenType == JsonTokenType.StartObject && steps[0].Name is { } name)
        {
            var mark = found.Mark();
            while (MoveOn(ref reader, JsonTokenType.EndObject))
            {
                var isIt = reader.ValueTextEquals(name);
                if (isIt)
                {
                    found.Cut(mark); // the last one of a name is the one that counts
                }

                _ = reader.Read();
                FollowOrSkip(ref reader, isIt, steps[1..], found);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray && steps[0].Name is null)
        {
            for (var index = 0; MoveOn(ref reader, JsonTokenType.EndArray); index++)
            {
                FollowOrSkip(ref reader, steps[0].IsAll || index == steps[0].Index, steps[1..], found);
            }
        }
        else
        {
            reader.Skip();
        }
    }

    // Only names that led to something are remembered, so that there are no more of them than values that are wanted: the others have nothing to take back.
    private static void FollowMembers(ref Utf8JsonReader reader, ReadOnlySpan<JsonStep> rest, Found found)
    {
        Dictionary<string, (int From, int To)>? known = null;
        while (MoveOn(ref reader, JsonTokenType.EndObject))
        {
            if (found.IsFull)
            {
                _ = reader.Read();
                reader.Skip();
                continue;
            }

            var atName = reader;
            var name = known is { Count: > 0 } ? reader.GetString()! : null;
            if (name is not null && known!.Remove(name, out var former))
            {
                found.Forget(former.From, former.To);
            }

            _ = reader.Read();
            var from = found.Mark();
            Follow(ref reader, rest, found);
            if (found.Mark() > from)
            {
                (known ??= new(StringComparer.Ordinal))[name ?? atName.GetString()!] = (from, found.Mark());
            }
        }
    }

    private static void FollowOrSkip(ref Utf8JsonReader reader, bool isIt, ReadOnlySpan<JsonStep> rest, Found found)
    {
        if (isIt)
        {
            Follow(ref reader, rest, found);
        }
        else
        {
            reader.Skip();
        }
    }

    private static bool MoveOn(ref Utf8JsonReader reader, JsonTokenType end)
    {
        _ = reader.Read(); // the reader has all of it: what ends too early makes it throw
        return reader.TokenType != end;
    }

    [GeneratedRegex(@"\A\$(?<step>\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]{1,9}\]|\['[^'\\]*'\]|\[\*\]|\.\*)*\z", RegexOptions.None, 1000)]
    private static partial Regex PlainPath { get; }

    /// <summary>What was found so far: as a list, out of which some can be taken again.</summary>
    private sealed class Found(int most)
    {
        private static readonly Range Forgotten = ^1..^1;

        private readonly List<Range> _places = [];
        private int _count;

        public bool IsFull => _count >= most;

        public IReadOnlyList<Range> Places => _count == _places.Count ? _places : [.. _places.Where(place => !place.Equals(Forgotten))];

        public int Mark() => _places.Count;

        public void Add(Range place)
        {
            if (!IsFull)
            {
                _places.Add(place);
                _count++;
            }
        }

        public void Cut(int from)
        {
            Forget(from, _places.Count);
            _places.RemoveRange(from, _places.Count - from);
        }

        public void Forget(int from, int to)
        {
            foreach (ref var place in CollectionsMarshal.AsSpan(_places)[from..to])
            {
                _count -= place.Equals(Forgotten) ? 0 : 1;
                place = Forgotten;
            }
        }
    }
}
