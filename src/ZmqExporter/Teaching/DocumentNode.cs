namespace ZmqExporter.Teaching;

/// <summary>A value in JSON, or in what is read as JSON. Not changed once its document is read.</summary>
/// <param name="kind">What it is.</param>
/// <param name="path">The path that selects it; null when it would be too long for a configuration.</param>
/// <param name="text">Of a string its characters, of a number its digits; a long one is cut.</param>
internal sealed class DocumentNode(DocumentKind kind, string? path, string text)
{
    /// <summary>What it is.</summary>
    public DocumentKind Kind => kind;

    /// <summary>The path that selects it; null when it would be too long for a configuration.</summary>
    public string? Path => path;

    /// <summary>Of a string its characters, of a number its digits, else as JSON writes it; a long one is cut.</summary>
    public string Text => text;

    /// <summary>Of an object, by name: the last of each name.</summary>
    public OrderedDictionary<string, DocumentNode> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>Of an array.</summary>
    public List<DocumentNode> Items { get; } = [];

    /// <summary>Members or items that were not kept.</summary>
    public int LeftOut { get; set; }

    /// <summary>Whether it holds no others.</summary>
    public bool IsLeaf => Members.Count == 0 && Items.Count == 0;

    /// <summary>What it holds, with their names; null for items.</summary>
    public IEnumerable<(string? Name, DocumentNode Node)> Children => kind == DocumentKind.Object
        ? Members.Select(member => ((string?)member.Key, member.Value))
        : Items.Select(item => ((string?)null, item));
}
