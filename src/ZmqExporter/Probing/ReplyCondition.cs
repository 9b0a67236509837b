using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ZmqExporter.Configuration;
using Zmtp;
using Zmtp.Wire;

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
        ExpectConfig.EqualsText text => new EqualsCondition(text.Frame, TextTemplate.ToExpect(text.Text), Excerpt.Of(Encoding.UTF8.GetBytes(text.Text))),
        ExpectConfig.EqualsBytes bytes => new EqualsCondition(bytes.Frame, TextTemplate.OfBytes(bytes.Bytes), Excerpt.Of(bytes.Bytes.AsSpan())),
        ExpectConfig.Matches matches => new MatchesCondition(matches.Frame, matches.Pattern),
        ExpectConfig.SelectsJson json => new JsonCondition(json.Frame, json.Path, json.Value),
        _ => throw new NotSupportedException(config.GetType().Name),
    };

    /// <summary>Judges a message.</summary>
    /// <param name="message">What came.</param>
    /// <param name="token">The token of ours, the oldest of several, that it carries where the condition looks for one, or null.</param>
    /// <returns>What does not hold, in words, or null.</returns>
    public abstract string? Check(ZmtpMessage message, out ProbeToken? token);

    private protected static string MissingFrame(int frame, ZmtpMessage message) =>
        string.Create(CultureInfo.InvariantCulture, $"frame {frame} is missing: the message has {Frames(message.FrameCount)}");

    private protected static string Frames(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "frame" : "frames")}");

    private sealed class FrameCountCondition(int frames) : ReplyCondition
    {
        public override string? Check(ZmtpMessage message, out ProbeToken? token)
        {
            token = null;
            return message.FrameCount == frames ? null : $"the message has {Frames(message.FrameCount)} instead of {frames.ToString(CultureInfo.InvariantCulture)}";
        }
    }

    private sealed class EqualsCondition(int frame, TextTemplate template, string shown) : ReplyCondition
    {
        public override bool HasToken => template.HasToken;

        public override string? Check(ZmtpMessage message, out ProbeToken? token)
        {
            token = null;
            if (frame >= message.FrameCount)
            {
                return MissingFrame(frame, message);
            }

            return template.TryMatch(message[frame], out token)
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"frame {frame} is {Excerpt.Of(message[frame])} instead of {shown}");
        }
    }

    private sealed class MatchesCondition : ReplyCondition
    {
        private readonly int _frame;
        private readonly string _pattern;
        private readonly Regex _regex;
        private readonly ImmutableArray<string> _groups;

        public MatchesCondition(int frame, string pattern)
        {
            _frame = frame;
            _pattern = pattern;
            var parts = pattern.Split("{token}");
            var groups = ImmutableArray.CreateBuilder<string>();
            var regex = new StringBuilder(parts[0]);
            for (var i = 1; i < parts.Length; i++)
            {
                groups.Add(string.Create(CultureInfo.InvariantCulture, $"zmq_exporter_token_{i}"));
                regex.Append(CultureInfo.InvariantCulture, $"(?<{groups[^1]}>{ProbeToken.Pattern})").Append(parts[i]);
            }

            _groups = groups.ToImmutable();

            // Linear time whatever the reply is: a hostile server must not be able to stop a probe thread.
            _regex = new Regex(regex.ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }

        public override bool HasToken => !_groups.IsEmpty;

        public override string? Check(ZmtpMessage message, out ProbeToken? token)
        {
            token = null;
            if (_frame >= message.FrameCount)
            {
                return MissingFrame(_frame, message);
            }

            var match = _regex.Match(Encoding.UTF8.GetString(message[_frame]));
            if (!match.Success)
            {
                return string.Create(CultureInfo.InvariantCulture, $"frame {_frame} is {Excerpt.Of(message[_frame])}, which does not match {_pattern}");
            }

            var isMixed = false;
            foreach (var group in _groups)
            {
                if (ProbeToken.TryParse(Encoding.UTF8.GetBytes(match.Groups[group].Value), out var found))
                {
                    isMixed |= token is not null && token != found;
                    token = ProbeToken.Older(token, found);
                }
            }

            return isMixed ? string.Create(CultureInfo.InvariantCulture, $"frame {_frame} is {Excerpt.Of(message[_frame])}, which holds the tokens of two probes") : null;
        }
    }
}
