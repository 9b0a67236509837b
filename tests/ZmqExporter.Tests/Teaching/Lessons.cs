using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Teaching;

namespace ZmqExporter.Tests.Teaching;

/// <summary>What tests of proposals share: messages, and the module that the proposals make.</summary>
internal static class Lessons
{
    /// <summary>When the first message came.</summary>
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_764_180_000_000);

    /// <summary>The lesson of replies of one frame.</summary>
    public static Lesson OfReplies(params IEnumerable<string> replies) => Teacher.Teach(new LessonSubject(IsFeed: false, "orders"), [.. replies.Select((reply, index) => Message(index, Utf8(reply)))]);

    /// <summary>The lesson of a feed.</summary>
    public static Lesson OfFeed(params IEnumerable<byte[][]> messages) => Teacher.Teach(new LessonSubject(IsFeed: true, "orders"), [.. messages.Select((frames, index) => Message(index, frames))]);

    /// <summary>A message that came so many seconds after the first.</summary>
    public static SeenMessage Message(int second, params IEnumerable<byte[]> frames) => new([.. frames.Select(frame => new SeenFrame(frame, frame.Length))], Now.AddSeconds(second));

    /// <summary>Text as bytes.</summary>
    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>The module that a lesson makes; fails the test when the loader does not take it.</summary>
    public static ModuleConfig Module(Lesson lesson, bool isFeed)
    {
        var prober = isFeed ? "    prober: subscribe\n    topics: ['']\n    max_silence: 10s\n" : "    prober: request\n    send: [ping]\n";
        var yaml = $"modules:\n  m:\n{prober}{LessonYaml.Of(lesson, "    ")}";
        var result = ConfigLoader.Parse(yaml, "seen.yml", Configuration.Parsed.Inputs());
        Assert.True(result.Errors.Length == 0, string.Join('\n', result.Errors.Select(error => error.ToString())) + "\n" + yaml);
        return result.Config!.Modules["m"];
    }
}
