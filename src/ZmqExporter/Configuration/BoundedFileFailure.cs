namespace ZmqExporter.Configuration;

/// <summary>Why a file cannot be used.</summary>
/// <param name="Message">Fits after the file's name: "does not exist".</param>
/// <param name="Remedy">How to mend it.</param>
internal sealed record BoundedFileFailure(string Message, string Remedy)
{
    /// <value>Whether there is no such file.</value>
    public bool IsMissing { get; init; }

    /// <value>Whether the file could not even be opened: then it may be none, and its name something else that stands there by mistake.</value>
    public bool IsUnread { get; init; }

    /// <value>Line of the first bad byte, or 0.</value>
    public int Line { get; init; }

    /// <value>Column in bytes of the first bad byte, or 0.</value>
    public int Column { get; init; }
}
