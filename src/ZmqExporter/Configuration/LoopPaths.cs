using System.Collections.Immutable;

namespace ZmqExporter.Configuration;

/// <summary>The words of <see cref="LoopPath"/> and <see cref="MajordomoVersion"/>.</summary>
internal static class LoopPaths
{
    /// <summary>Each path with its word.</summary>
    public static ImmutableArray<(string Word, LoopPath Path)> All { get; } =
    [
        ("pubsub", LoopPath.PubSub),
        ("majordomo", LoopPath.Majordomo),
        ("push_pull", LoopPath.PushPull),
        ("queue", LoopPath.Queue),
    ];

    /// <summary>Each version with its word.</summary>
    public static ImmutableArray<(string Word, MajordomoVersion Version)> Versions { get; } = [("0.1", MajordomoVersion.V01), ("0.2", MajordomoVersion.V02)];

    /// <summary>The word of a path.</summary>
    public static string Word(LoopPath path) => All.First(pair => pair.Path == path).Word;

    /// <summary>The word of a version.</summary>
    public static string Word(MajordomoVersion version) => Versions.First(pair => pair.Version == version).Word;
}
