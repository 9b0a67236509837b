namespace ZmqExporter.Probing;

/// <summary>What in a module says where messages have something that makes no probe fail when it is not there. The order is that of the labels.</summary>
internal enum Mapping
{
    /// <summary><c>sequence</c>.</summary>
    Sequence,

    /// <summary><c>per</c> of a sequence.</summary>
    Per,

    /// <summary><c>sent_at</c>.</summary>
    SentAt,

    /// <summary>An entry of <c>values</c>.</summary>
    Values,
}
