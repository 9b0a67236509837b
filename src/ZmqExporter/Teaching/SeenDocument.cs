using ZmqExporter.Content;

namespace ZmqExporter.Teaching;

/// <summary>A frame that holds values in values.</summary>
/// <param name="Format">How they are written.</param>
/// <param name="Root">The outermost one.</param>
internal sealed record SeenDocument(DocumentFormat Format, DocumentNode Root)
{
    /// <summary>The key of a source that looks into it.</summary>
    public string Key => Format switch
    {
        DocumentFormat.MessagePack => "msgpack",
        DocumentFormat.Cbor => "cbor",
        _ => "json",
    };

    /// <summary>Its name for people.</summary>
    public string Name => Format switch
    {
        DocumentFormat.MessagePack => "MessagePack",
        DocumentFormat.Cbor => "CBOR",
        _ => "JSON",
    };
}
