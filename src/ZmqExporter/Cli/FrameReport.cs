using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Probing.OneShot;
using ZmqExporter.Teaching;

namespace ZmqExporter.Cli;

/// <summary>What <c>--show-frames</c> adds to the report of probes: the messages themselves, and what they suggest for the module. Not thread-safe.</summary>
/// <param name="isFull">Whether nearly all of each message is shown.</param>
/// <param name="isNamed">Whether they are targets of a configuration.</param>
/// <param name="hasModule">Whether they are probed with modules that have names.</param>
internal sealed class FrameReport(bool isFull, bool isNamed, bool hasModule)
{
    private const int MaxKept = 1000;
    private const long MaxBytes = 64 << 20;
    private const int ShownOfAFeed = 3;

    private readonly FrameLines _lines = new(isFull);
    private readonly List<SeenMessage> _seen = [];
    private TargetConfig? _target;
    private long _bytes;

    /// <summary>Another target begins.</summary>
    public void Begin(TargetConfig target)
    {
        _target = target;
        _seen.Clear();
        _bytes = 0;
    }

    /// <summary>A probe has ended.</summary>
    /// <returns>The messages that it got, of a request the last one: its answer.</returns>
    public ImmutableArray<SeenMessage> Add(ProbeConversation conversation)
    {
        ImmutableArray<SeenMessage> messages = [.. conversation.Entries.Select(entry => entry.Message).OfType<SeenMessage>()];
        foreach (var message in IsFeed ? messages : messages.TakeLast(1))
        {
            var size = message.Frames.Sum(frame => (long)frame.Bytes.Length);
            if (_seen.Count < MaxKept && _bytes + size <= MaxBytes)
            {
                _seen.Add(message);
                _bytes += size;
            }
        }

        return messages;
    }

    /// <summary>The messages of a probe, in lines.</summary>
    public IEnumerable<string> Lines(ImmutableArray<SeenMessage> messages)
    {
        if (messages.IsEmpty)
        {
            yield return "no message came: there is nothing to show";
        }

        var shown = IsFeed && !isFull ? Math.Min(ShownOfAFeed, messages.Length) : messages.Length;
        for (var i = 0; i < shown; i++)
        {
            var title = string.Create(CultureInfo.InvariantCulture, $"{(IsFeed ? "message" : "reply")} {i + 1} of {messages.Length}");
            foreach (var line in _lines.Of(messages[i], title))
            {
                yield return line;
            }
        }

        if (shown < messages.Length)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"… {messages.Length - shown} more were looked at: --full shows them");
        }
    }

    /// <summary>What all messages of the target suggest so far, in lines; none without messages.</summary>
    public IEnumerable<string> Proposals()
    {
        if (_seen.Count == 0)
        {
            return [];
        }

        var (lesson, yaml) = Teach();
        var count = string.Create(CultureInfo.InvariantCulture, $"{_seen.Count} {(IsFeed ? "message" : "repl")}{(_seen.Count == 1 ? IsFeed ? "" : "y" : IsFeed ? "s" : "ies")}");
        return
        [
            lesson.IsEmpty ? $"# {count}: nothing in them that could be proposed" : $"# Proposed for what was seen in {count}; check it, keep what is right:",
            .. yaml.TrimEnd('\n').Split('\n'),
            .. !IsFeed && _seen.Count == 1 ? ["# One reply tells little: --count 5 shows what changes."] : Array.Empty<string>(),
        ];
    }

    /// <summary>The same for programs; null without messages.</summary>
    public LessonJson? ProposalsJson() => _seen.Count == 0 ? null : LessonJson.Of(Teach().Lesson, Teach().Yaml);

    private bool IsFeed => _target!.Module.Prober is SubscribeProberConfig;

    private (Lesson Lesson, string Yaml) Teach()
    {
        var module = new SeenModule(_target!, isNamed, hasModule);
        ImmutableArray<SeenMessage> messages = [.. _seen];
        var lesson = Teacher.Teach(module.Subject, messages);
        return (lesson, module.Of(messages, lesson));
    }
}
