using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using ZmqExporter.Teaching;
using Zmtp;

namespace ZmqExporter.Probing.OneShot;

/// <summary>Makes of messages what can be looked into. Knows which tokens were sent. Not thread-safe.</summary>
internal sealed partial class SeenMessages(TimeProvider time)
{
    private const int MaxTokens = 16;

    private readonly List<string> _tokens = [];

    /// <summary>A message was sent.</summary>
    public void OnSent(ZmtpMessage message)
    {
        for (var frame = 0; frame < message.FrameCount; frame++)
        {
            foreach (var match in Token.EnumerateMatches(Encoding.Latin1.GetString(message[frame])))
            {
                var token = message[frame].Slice(match.Index, match.Length);
                if (ProbeToken.TryParse(token, out _))
                {
                    _tokens.Remove(Encoding.ASCII.GetString(token));
                    _tokens.Add(Encoding.ASCII.GetString(token));
                }
            }
        }

        if (_tokens.Count > MaxTokens)
        {
            _tokens.RemoveRange(0, _tokens.Count - MaxTokens);
        }
    }

    /// <summary>A message that came as a whole.</summary>
    public SeenMessage Of(ZmtpMessage message) => Of(new FeedMessage(message, [.. new int[message.FrameCount]]));

    /// <summary>A message of a feed.</summary>
    public SeenMessage Of(FeedMessage message)
    {
        var frames = Enumerable.Range(0, Math.Min(message.Heads.FrameCount, FeedTap.MaxFrames))
            .Select(frame =>
            {
                var bytes = message.Heads[frame];
                return new SeenFrame(bytes[..Math.Min(bytes.Length, Sources.MaxFrame)].ToArray(), bytes.Length + message.Missing[frame]);
            });
        return new SeenMessage([.. frames], time.GetUtcNow()) { Tokens = [.. _tokens] };
    }

    [GeneratedRegex(ProbeToken.Pattern, RegexOptions.None, 1000)]
    private static partial Regex Token { get; }
}
