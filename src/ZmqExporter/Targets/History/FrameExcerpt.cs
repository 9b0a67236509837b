namespace ZmqExporter.Targets.History;

/// <summary>How a frame began.</summary>
/// <param name="Bytes">Its first bytes; all of them when they are as many as its length.</param>
/// <param name="Length">How many it had.</param>
internal readonly record struct FrameExcerpt(ReadOnlyMemory<byte> Bytes, int Length);
