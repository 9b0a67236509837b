using ZmqExporter.Content;

namespace ZmqExporter.Configuration;

/// <summary>One condition on a message; one subtype a kind.</summary>
internal abstract record ExpectConfig
{
    /// <summary>The message has exactly this many frames (<c>frames: 2</c>), a REQ's delimiter not counted.</summary>
    internal sealed record FrameCount(int Frames) : ExpectConfig;

    /// <summary>What the source finds passes all of the tests; without any it only has to be there.</summary>
    internal sealed record Holds(SourceConfig Source, EquatableArray<TestConfig> Tests) : ExpectConfig;

    /// <summary>The message is a heartbeat that says SERVING.</summary>
    /// <param name="Service">Which service was asked for; empty for none.</param>
    /// <param name="IsBeat">Whether it is one that nobody asked for; else it is a reply with the probe's token.</param>
    internal sealed record Heartbeat(string Service, bool IsBeat) : ExpectConfig;

    /// <summary>The frame is exactly this text in UTF-8; {token} stands for the probe's token.</summary>
    public static ExpectConfig EqualsText(int frame, string text) => new Holds(SourceConfig.Of(frame), [new TestConfig.EqualsText(text)]);

    /// <summary>The frame is exactly these bytes.</summary>
    public static ExpectConfig EqualsBytes(int frame, EquatableArray<byte> bytes) => new Holds(SourceConfig.Of(frame), [new TestConfig.EqualsBytes(bytes)]);

    /// <summary>The frame, as UTF-8, matches this regular expression; {token} stands for the probe's token.</summary>
    public static ExpectConfig Matches(int frame, string pattern) => new Holds(SourceConfig.Of(frame), [new TestConfig.Matches(pattern)]);

    /// <summary>The frame is JSON in which the path selects a value, and that value is this one; null for any.</summary>
    public static ExpectConfig SelectsJson(int frame, JsonPath path, string? value) =>
        new Holds(new SourceConfig(frame, new SelectorConfig.Document(DocumentFormat.Json, path)), value is null ? [] : [new TestConfig.EqualsText(value)]);
}
