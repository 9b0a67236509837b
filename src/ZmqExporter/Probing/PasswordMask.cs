using System.Collections.Immutable;
using System.Text;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary>
/// Takes our password out of what a peer said: it knows the password, and may say it again in an ERROR, in a reply or in its metadata,
/// from where it would come into logs, verdicts and pages. Immutable.
/// </summary>
internal sealed class PasswordMask
{
    /// <summary>What stands in its place.</summary>
    public const string Replacement = "<password>";

    private const int MinLength = 4; // a shorter one is found everywhere by chance, which would show what it is
    private const char Cut = '…'; // where excerpts and metadata end early

    private readonly byte[] _bytes;
    private readonly string[] _forms;

    private PasswordMask(string password)
    {
        _bytes = Encoding.UTF8.GetBytes(password);
        _forms = [.. new[] { Excerpt.Escape(_bytes), password }.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A mask for this password; null when it is too short to be told from other text.</summary>
    public static PasswordMask? For(string password) => password.Length < MinLength ? null : new PasswordMask(password);

    /// <summary>The result without the password.</summary>
    public ProbeResult Apply(ProbeResult result)
    {
        var detail = Apply(result.Detail);
        var peer = result.Peer is { } said ? Apply(said) : null;
        return ReferenceEquals(detail, result.Detail) && ReferenceEquals(peer, result.Peer) ? result : result with { Detail = detail, Peer = peer };
    }

    /// <summary>The text without the password, and without the beginning of it where a text was cut.</summary>
    public string Apply(string text)
    {
        foreach (var form in _forms)
        {
            text = WithoutBeginnings(text.Replace(form, Replacement, StringComparison.Ordinal), form);
        }

        return text;
    }

    /// <summary>The message without the password; the same one when it is not in there.</summary>
    public ZmtpMessage Apply(ZmtpMessage message)
    {
        var isFound = false;
        for (var i = 0; i < message.FrameCount; i++)
        {
            isFound |= message[i].IndexOf(_bytes) >= 0;
        }

        return isFound ? ZmtpMessage.FromFrames([.. Enumerable.Range(0, message.FrameCount).Select(i => Apply(message[i]))]) : message;
    }

    private static string WithoutBeginnings(string text, string form)
    {
        for (var cut = text.IndexOf(Cut, StringComparison.Ordinal); cut >= 0; cut = text.IndexOf(Cut, cut + 1))
        {
            for (var length = Math.Min(cut, form.Length - 1); length >= MinLength; length--)
            {
                if (text.AsSpan(cut - length, length).SequenceEqual(form.AsSpan(0, length)))
                {
                    text = string.Concat(text.AsSpan(0, cut - length), Replacement, text.AsSpan(cut));
                    cut += Replacement.Length - length;
                    break;
                }
            }
        }

        return text;
    }

    private byte[] Apply(ReadOnlySpan<byte> frame)
    {
        var masked = new List<byte>(frame.Length);
        for (var at = frame.IndexOf(_bytes); at >= 0; at = frame.IndexOf(_bytes))
        {
            masked.AddRange(frame[..at]);
            masked.AddRange(Encoding.ASCII.GetBytes(Replacement));
            frame = frame[(at + _bytes.Length)..];
        }

        masked.AddRange(frame);
        return [.. masked];
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
