using System.Buffers;
using System.Collections.Immutable;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>One request with the conditions on its reply, ready to use. Immutable and thread-safe.</summary>
internal sealed class RequestStep
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_block;

    private readonly TextTemplate[] _frames;
    private readonly ZmtpMessage? _constant;
    private readonly ImmutableArray<ReplyCapture> _captures;

    /// <param name="config">The step.</param>
    /// <param name="later">The steps after it, which may send what it captures.</param>
    public RequestStep(RequestStepConfig config, IEnumerable<RequestStepConfig> later)
    {
        _frames =
        [
            .. config.Send.Select(frame =>
                !frame.Parts.IsEmpty ? TextTemplate.OfParts(frame.Parts)
                : frame.Text is null ? TextTemplate.OfBytes(frame.Bytes)
                : TextTemplate.ToSend(frame.Text)),
        ];
        Check = new ReplyCheck(config.Expect);
        Until = config.Until.IsEmpty ? null : new ReplyCheck(config.Until);
        _captures = [.. config.Capture.Select(capture => new ReplyCapture(capture, UsesOf(capture.Name, later)))];
        _constant = _frames.All(frame => frame.IsConstant) ? Build(default) : null;
    }

    /// <summary>The conditions on the reply.</summary>
    public ReplyCheck Check { get; }

    /// <summary>What tells the reply from messages before it, or null when the first message is the reply.</summary>
    public ReplyCheck? Until { get; }

    /// <summary>Whether the reply names the probe that it answers.</summary>
    public bool HasToken => Check.HasToken || Until is { HasToken: true };

    /// <summary>Takes out of a reply what later steps need.</summary>
    /// <param name="message">The reply.</param>
    /// <param name="values">Where it goes; null when no step of the module captures anything.</param>
    /// <returns>What cannot be found, in words, or null.</returns>
    public string? Capture(ZmtpMessage message, CapturedValues? values)
    {
        foreach (var capture in _captures)
        {
            if (capture.Take(message, values!) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    /// <summary>Whether it captures anything.</summary>
    public bool Captures => !_captures.IsEmpty;

    /// <summary>The message to send. One that is the same for every probe is built once.</summary>
    public ZmtpMessage Message(in ProbeVariables variables) => _constant ?? Build(variables);

    /// <summary>Whether a REP server takes the message from a DEALER: it needs an empty frame, and something behind that.</summary>
    public bool SuitsRep(in ProbeVariables variables)
    {
        var message = Message(variables);
        return Enumerable.Range(0, message.FrameCount - 1).Any(frame => message[frame].IsEmpty);
    }

    // Where it stands in a document beside other text, the part is the document's.
    private static ImmutableArray<FramePartConfig> UsesOf(string name, IEnumerable<RequestStepConfig> later) =>
    [
        .. later.SelectMany(step => step.Send).SelectMany(frame => frame.Parts)
            .Where(part => part.Capture == name || part.Packed?.Parts.Any(inner => inner.Capture == name) == true),
    ];

    private ZmtpMessage Build(in ProbeVariables variables)
    {
        var block = t_block ??= new ArrayBufferWriter<byte>();
        block.ResetWrittenCount();
        Span<int> ends = _frames.Length <= 64 ? stackalloc int[_frames.Length] : new int[_frames.Length];
        for (var i = 0; i < _frames.Length; i++)
        {
            _frames[i].Write(block, variables);
            ends[i] = block.WrittenCount;
        }

        return ZmtpMessage.FromBlock(block.WrittenSpan, ends);
    }
}
