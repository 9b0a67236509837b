namespace ZmqExporter.Configuration;

/// <summary>What a <see cref="JsonPath"/> selects.</summary>
/// <param name="Kind">Whether it is a value.</param>
/// <param name="Text">The text of a string, the JSON of any other value; of a path that is broken, what is wrong with it.</param>
/// <param name="IsNumber">Whether the value is a number.</param>
internal readonly record struct JsonSelection(JsonSelectionKind Kind, string Text = "", bool IsNumber = false);

/// <summary>How the selection of a value ended.</summary>
internal enum JsonSelectionKind
{
    /// <summary>With a value.</summary>
    Value,

    /// <summary>The path leads nowhere.</summary>
    Nothing,

    /// <summary>It is not JSON, or the path selects several values.</summary>
    NotJson,

    /// <summary>A regular expression in the path took too long.</summary>
    TookTooLong,

    /// <summary>A regular expression in the path is none.</summary>
    BrokenPath,
}
