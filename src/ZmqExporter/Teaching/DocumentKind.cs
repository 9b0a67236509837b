namespace ZmqExporter.Teaching;

/// <summary>What a <see cref="DocumentNode"/> is.</summary>
internal enum DocumentKind
{
    /// <summary>Names with values.</summary>
    Object,

    /// <summary>Values in order.</summary>
    Array,

    /// <summary>Text.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>null.</summary>
    Null,
}
