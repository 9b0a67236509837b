using System.Collections.Immutable;
using System.Text.Json;

namespace ZmqExporter.Content;

/// <summary>Plain paths into one JSON document, followed together: it is read once, whatever their number. Immutable and thread-safe.</summary>
internal sealed class PathTree
{
    private const int MaxDepth = 64;

    /// <summary>How JSON is read.</summary>
    public static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip };

    private readonly Node _root = new();

    /// <param name="paths">Plain ones: names and indices.</param>
    public PathTree(params ReadOnlySpan<ImmutableArray<JsonStep>> paths)
    {
        for (var i = 0; i < paths.Length; i++)
        {
            _root.Add(paths[i].AsSpan(), i);
        }
    }

    /// <summary>Where the values are.</summary>
    /// <param name="json">JSON in UTF-8, of any origin.</param>
    /// <param name="places">One for each path: those that select nothing get <see cref="JsonTokenType.None"/>.</param>
    /// <returns>False when it is not JSON: then the places mean nothing.</returns>
    public bool TryFollow(ReadOnlySpan<byte> json, Span<JsonPlace> places)
    {
        places.Clear();
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (!reader.Read())
            {
                return false;
            }

            Follow(ref reader, _root, places);
            while (reader.Read())
            {
                // What follows is no JSON either: the reader throws.
            }

            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false; // the latter: invalid UTF-8, or half of a surrogate pair, in a name
        }
    }

    // At the first token of a value; leaves the reader at its last.
    private static void Follow(ref Utf8JsonReader reader, Node node, Span<JsonPlace> places)
    {
        var (type, start) = (reader.TokenType, (int)reader.TokenStartIndex);
        foreach (var path in node.Below)
        {
            places[path] = default; // the last one of a name is the one that counts, also when it leads nowhere
        }

        if (node.Names.Length > 0 && type == JsonTokenType.StartObject)
        {
            while (MoveOn(ref reader, JsonTokenType.EndObject))
            {
                var next = node.Find(ref reader);
                _ = reader.Read();
                FollowOrSkip(ref reader, next, places);
            }
        }
        else if (node.Items.Length > 0 && type == JsonTokenType.StartArray)
        {
            for (var index = 0; MoveOn(ref reader, JsonTokenType.EndArray); index++)
            {
                FollowOrSkip(ref reader, node.Find(index), places);
            }
        }
        else
        {
            reader.Skip();
        }

        foreach (var path in node.Here)
        {
            places[path] = new JsonPlace(type, start, (int)reader.BytesConsumed);
        }
    }

    private static void FollowOrSkip(ref Utf8JsonReader reader, Node? next, Span<JsonPlace> places)
    {
        if (next is not null)
        {
            Follow(ref reader, next, places);
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

    /// <summary>What some paths have in common. Built, and then never changed.</summary>
    private sealed class Node
    {
        /// <summary>The paths that end here.</summary>
        public int[] Here { get; private set; } = [];

        /// <summary>The paths that end here or lead on from here.</summary>
        public int[] Below { get; private set; } = [];

        public (byte[] Name, Node Next)[] Names { get; private set; } = [];

        public (int Index, Node Next)[] Items { get; private set; } = [];

        public void Add(ReadOnlySpan<JsonStep> steps, int path)
        {
            Below = [.. Below, path];
            if (steps.IsEmpty)
            {
                Here = [.. Here, path];
            }
            else if (steps[0].Name is { } name)
            {
                var next = Names.FirstOrDefault(known => known.Name.AsSpan().SequenceEqual(name.AsSpan())).Next;
                if (next is null)
                {
                    next = new Node();
                    Names = [.. Names, ([.. name], next)];
                }

                next.Add(steps[1..], path);
            }
            else
            {
                var index = steps[0].Index;
                var next = Items.FirstOrDefault(known => known.Index == index).Next;
                if (next is null)
                {
                    next = new Node();
                    Items = [.. Items, (index, next)];
                }

                next.Add(steps[1..], path);
            }
        }

        public Node? Find(ref Utf8JsonReader reader)
        {
            foreach (var (name, next) in Names)
            {
                if (reader.ValueTextEquals(name))
                {
                    return next;
                }
            }

            return null;
        }

        public Node? Find(int index)
        {
            foreach (var (known, next) in Items)
            {
                if (known == index)
                {
                    return next;
                }
            }

            return null;
        }
    }
}

/// <summary>Where a value is in its document.</summary>
/// <param name="Type">Its first token's; <see cref="JsonTokenType.None"/> for nowhere.</param>
/// <param name="Start">Of the value, in bytes.</param>
/// <param name="End">Behind it.</param>
internal readonly record struct JsonPlace(JsonTokenType Type, int Start, int End);
