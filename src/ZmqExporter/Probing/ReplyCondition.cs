using System.Globalization;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>One condition on a reply; one subtype a kind. Immutable and thread-safe.</summary>
internal abstract class ReplyCondition
{
    /// <summary>Whether the condition names the token.</summary>
    public virtual bool HasToken => false;

    /// <summary>The condition that a config asks for.</summary>
    public static ReplyCondition From(ExpectConfig config) => config switch
    {
        ExpectConfig.FrameCount count => new FrameCountCondition(count.Frames),
        ExpectConfig.Holds holds => new SourceCondition(holds),
        ExpectConfig.Heartbeat heartbeat => new HeartbeatCondition(heartbeat),
        _ => throw new NotSupportedException(config.GetType().Name),
    };

    /// <summary>Judges a message.</summary>
    /// <param name="message">What came.</param>
    /// <param name="variables">Of the probe that waits.</param>
    /// <param name="token">The token of ours, the oldest of several, that it carries where the condition looks for one, or null.</param>
    /// <returns>What does not hold, in words, or null.</returns>
    public abstract string? Check(ZmtpMessage message, in ProbeVariables variables, out ProbeToken? token);

    private sealed class FrameCountCondition(int frames) : ReplyCondition
    {
        public override string? Check(ZmtpMessage message, in ProbeVariables variables, out ProbeToken? token)
        {
            token = null;
            return message.FrameCount == frames ? null : $"the message has {SourceWords.Frames(message.FrameCount)} instead of {frames.ToString(CultureInfo.InvariantCulture)}";
        }
    }
}
