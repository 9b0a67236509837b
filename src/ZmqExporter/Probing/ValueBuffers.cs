using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>What reading the values of one message needs, again for each. Not thread-safe.</summary>
internal sealed class ValueBuffers
{
    public ContentBuffer Document { get; } = new();

    public ContentBuffer Value { get; } = new();

    public void BeginLook() => Value.QueryDeadline = Document.QueryDeadline = QueryDeadline.Begin();
}
