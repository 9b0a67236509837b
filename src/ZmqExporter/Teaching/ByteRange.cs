using ZmqExporter.Content;

namespace ZmqExporter.Teaching;

/// <summary>Which bytes a number is read from.</summary>
/// <param name="Offset">How many come before it.</param>
/// <param name="Format">How it is written.</param>
/// <param name="IsWholeFrame">Whether the frame has no others.</param>
internal sealed record ByteRange(int Offset, BinaryNumber Format, bool IsWholeFrame);
