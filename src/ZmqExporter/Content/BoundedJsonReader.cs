using Newtonsoft.Json;

namespace ZmqExporter.Content;

/// <summary>Reads JSON for a tree of it, and gives up on what has too many values: each of them takes fifty times its bytes there. Not thread-safe.</summary>
internal sealed class BoundedJsonReader(TextReader text) : JsonTextReader(text)
{
    /// <summary>Names, values, and begins and ends of objects and arrays that a document may have.</summary>
    public const int MaxTokens = 200_000;

    private int _tokens;

    /// <summary>Whether it gave up.</summary>
    public bool IsExceeded => _tokens > MaxTokens;

    /// <inheritdoc />
    public override bool Read() => ++_tokens > MaxTokens ? throw new JsonReaderException("too many values") : base.Read();
}
