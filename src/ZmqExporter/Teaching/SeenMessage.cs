using System.Collections.Immutable;

namespace ZmqExporter.Teaching;

/// <summary>A message that came. Immutable.</summary>
/// <param name="Frames">Its frames.</param>
/// <param name="At">When.</param>
internal sealed record SeenMessage(ImmutableArray<SeenFrame> Frames, DateTimeOffset At)
{
    /// <summary>What was sent in the place of <c>{token}</c> before it came: in the message it stands for <c>{token}</c>.</summary>
    public ImmutableArray<string> Tokens { get; init; } = [];
}

/// <summary>A frame, or its first bytes.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="Length">How many the whole frame has.</param>
internal sealed record SeenFrame(ReadOnlyMemory<byte> Bytes, int Length)
{
    /// <summary>Whether bytes are missing.</summary>
    public bool IsCut => Bytes.Length < Length;
}
