using System.Collections.Immutable;
using ZmqExporter.Content;

namespace ZmqExporter.Teaching;

/// <summary>What a frame is found to be. Immutable.</summary>
/// <param name="Form">Its form, after unpacking.</param>
/// <param name="Decode">How it is packed, the outermost layer first.</param>
/// <param name="Content">The bytes after unpacking.</param>
internal sealed record FrameReading(FrameForm Form, ImmutableArray<Decoding> Decode, ReadOnlyMemory<byte> Content)
{
    /// <summary>The characters of a text, or of what comes before a document; else empty.</summary>
    public string Text { get; init; } = "";

    /// <summary>What comes right before the document; empty when it is all of the content.</summary>
    public string After { get; init; } = "";

    /// <summary>The values of a document; else null.</summary>
    public SeenDocument? Document { get; init; }

    /// <summary>What keeps the exporter, or us, from looking into it; else null.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether there are layers.</summary>
    public bool IsPacked => !Decode.IsEmpty;

    /// <summary>The names of the layers.</summary>
    public IEnumerable<string> Layers => Decode.Select(NameOf);

    /// <summary>The layers as the key of a source: <c>decode: [zlib]</c>; empty for none.</summary>
    public string DecodeKeys => Decode.IsEmpty ? "" : $"decode: [{string.Join(", ", Decode.Select(NameOf))}]";

    /// <summary>All keys of a source that lead to the document, or to the content.</summary>
    public string Way => Place.Join(DecodeKeys, After.Length == 0 ? "" : After[0] < ' ' ? $"after: {{hex: '{(int)After[0]:x2}'}}" : $"after: {YamlText.Scalar(After)}");

    /// <summary>What it is, for people: "zlib of JSON".</summary>
    public string Words => string.Concat(Decode.Select(decoding => $"{NameOf(decoding)} of ")) + (After.Length == 0 ? "" : "text, then ") + Form switch
    {
        FrameForm.Empty => "nothing",
        FrameForm.Text => "text",
        FrameForm.Document => Document!.Name,
        _ => "bytes",
    };

    private static string NameOf(Decoding decoding) => decoding switch
    {
        Decoding.Zlib => "zlib",
        Decoding.Gzip => "gzip",
        Decoding.Brotli => "brotli",
        _ => "base64",
    };
}

/// <summary>The form of a frame.</summary>
internal enum FrameForm
{
    /// <summary>No bytes.</summary>
    Empty,

    /// <summary>Printable UTF-8.</summary>
    Text,

    /// <summary>JSON, MessagePack or CBOR.</summary>
    Document,

    /// <summary>Anything else.</summary>
    Binary,
}
