using System.Collections.Immutable;
using System.Text;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// Takes our password out of what a peer said: it knows the password, and may say it again in an ERROR, in a reply or in its metadata,
/// from where it would come into logs, verdicts and pages. It is found as it is, in base64, in hex and reversed. Immutable.
/// </summary>
/// <remarks>
/// Against servers that repeat what they got, not against one that wants the password known: that one has it already, and can tell it
/// to anybody in any form.
/// </remarks>
internal sealed class PasswordMask
{
    /// <summary>What stands in its place.</summary>
    public const string Replacement = "<password>";

    // A trace shows 48 bytes of a frame. The longest form of the longest password has less than 5 KiB, so that even a frame of nothing but
    // such forms has more than 48 bytes left.
    private const int MaxFrame = 64 * 1024;

    private const int MaxForm = 8 * 1024; // more than the longest form of the longest password

    private readonly PasswordForms _forms;

    private PasswordMask(string password) => _forms = new PasswordForms(password);

    /// <summary>A mask for this password; null when it is too short to be told from other text.</summary>
    public static PasswordMask? For(string password) =>
        Encoding.UTF8.GetByteCount(password) < PasswordForms.MinLength ? null : new PasswordMask(password);

    /// <summary>The result without the password; the same one when it is not in there.</summary>
    public ProbeResult Apply(ProbeResult result)
    {
        var detail = Apply(result.Detail);
        var found = Apply(result.Found);
        var peer = result.Peer is { } said ? Apply(said) : null;
        var unmapped = Apply(result.Unmapped);
        return ReferenceEquals(detail, result.Detail) && ReferenceEquals(found, result.Found) && ReferenceEquals(peer, result.Peer) && unmapped == result.Unmapped
            ? result
            : result with { Detail = detail, Found = found, Peer = peer, Unmapped = unmapped };
    }

    private ImmutableArray<UnmappedSource>? Apply(ImmutableArray<UnmappedSource>? sources) =>
        sources is { } all && all.Any(source => !ReferenceEquals(Apply(source.Problem), source.Problem))
            ? [.. all.Select(source => source with { Problem = Apply(source.Problem) })]
            : sources;

    /// <summary>The text without the password, and without the beginning of it where a text was cut; the same one when it is not in there.</summary>
    public string Apply(string text)
    {
        var found = _forms.Find(text);
        if (found.Count == 0)
        {
            return text;
        }

        var masked = new StringBuilder(text.Length);
        var at = 0;
        foreach (var range in found)
        {
            masked.Append(text, at, range.Start - at).Append(Replacement);
            at = range.End;
        }

        return masked.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>The message for people to look at, without the password; the same one when it is not in there.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isWhole">Whether all of it is looked at; if not, the end of a long frame is left out.</param>
    public ZmtpMessage Apply(ZmtpMessage message, bool isWhole = false)
    {
        var frames = new byte[message.FrameCount][];
        var isFound = false;
        for (var i = 0; i < frames.Length; i++)
        {
            var frame = message[i];
            var text = Encoding.Latin1.GetString(isWhole ? frame : frame[..Math.Min(frame.Length, MaxFrame)]); // a character for each byte
            var masked = Apply(text);
            isFound |= !ReferenceEquals(masked, text);
            frames[i] = Encoding.Latin1.GetBytes(masked);
        }

        return isFound ? ZmtpMessage.FromFrames(frames) : message;
    }

    /// <summary>The message of a feed without the password, and without the last bytes of a frame that was cut: the password may begin there.</summary>
    public FeedMessage Apply(FeedMessage message)
    {
        var (masked, missing) = (Apply(message.Heads, isWhole: true), message.Missing);
        if (missing.All(bytes => bytes == 0))
        {
            return message with { Heads = masked };
        }

        var frames = Enumerable.Range(0, masked.FrameCount).Select(frame => masked[frame].ToArray()).ToArray();
        var rest = missing.ToBuilder();
        for (var frame = 0; frame < frames.Length; frame++)
        {
            if (missing[frame] > 0)
            {
                var kept = Math.Max(0, frames[frame].Length - MaxForm);
                rest[frame] += frames[frame].Length - kept;
                frames[frame] = frames[frame][..kept];
            }
        }

        return new FeedMessage(ZmtpMessage.FromFrames(frames), rest.ToImmutable());
    }

    private PeerInfo Apply(PeerInfo peer)
    {
        var socketType = peer.SocketType is { } said ? Apply(said) : null;
        var isFound = !ReferenceEquals(socketType, peer.SocketType);
        var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(peer.Metadata.KeyComparer);
        foreach (var (name, value) in peer.Metadata)
        {
            var (maskedName, maskedValue) = (Apply(name), Apply(value));
            isFound |= !ReferenceEquals(maskedName, name) || !ReferenceEquals(maskedValue, value);
            metadata[maskedName] = maskedValue;
        }

        return isFound ? peer with { SocketType = socketType, Metadata = metadata.ToImmutable() } : peer;
    }
}
