using System.Globalization;
using ZmqExporter.Content;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary>What is said of a source that did not find what it should: which frame, what stood there, and what was looked for.</summary>
internal static class SourceWords
{
    /// <summary>A count in words.</summary>
    public static string Frames(int count) => Text($"{count} {(count == 1 ? "frame" : "frames")}");

    /// <summary>The message has no such frame.</summary>
    public static string NoFrame(int frame, int count) => Text($"frame {frame} is missing: the message has {Frames(count)}");

    /// <summary>The frame is longer than anybody looks.</summary>
    public static string TooLong(int frame, int length, string to) => Text($"frame {frame} has {length} bytes, which is too long to {to}");

    /// <summary>What was found in a frame, or why nothing was, and what is wrong with it.</summary>
    /// <param name="source">Looked for it.</param>
    /// <param name="frame">All of the frame.</param>
    /// <param name="found">What it found.</param>
    /// <param name="failure">The end of the sentence when it found something.</param>
    public static string Found(MessageSource source, ReadOnlySpan<byte> frame, in FoundValue found, string failure) => found.Exists
        ? $"{source.Name} is {Shown(found)}{failure}"
        : Text($"frame {source.Frame} is {Excerpt.Of(frame)}{found.Problem}");

    // A text in quotes, and a number, true or null without: in JSON they are not the same.
    private static string Shown(in FoundValue value) => value.Kind == FoundKind.Text ? Excerpt.Of(value.Text) : Excerpt.Of(value.Text)[1..^1];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
