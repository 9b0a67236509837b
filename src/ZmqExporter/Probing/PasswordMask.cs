using System.Collections.Immutable;
using System.Text;
using ZmqExporter.Configuration;
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
        var (unmapped, values) = (Apply(result.Unmapped), Apply(result.Values));
        return ReferenceEquals(detail, result.Detail) && ReferenceEquals(found, result.Found) && ReferenceEquals(peer, result.Peer)
            && unmapped == result.Unmapped && values?.Samples == result.Values?.Samples
            ? result
            : result with { Detail = detail, Found = found, Peer = peer, Unmapped = unmapped, Values = values };
    }

    private ImmutableArray<UnmappedSource>? Apply(ImmutableArray<UnmappedSource>? sources) =>
        sources is { } all && all.Any(source => !ReferenceEquals(Apply(source.Problem), source.Problem))
            ? [.. all.Select(source => source with { Problem = Apply(source.Problem) })]
            : sources;

    // Two series may become the same one: the first of them stays.
    private MessageValues? Apply(MessageValues? values)
    {
        if (values is not { } read || !read.Samples.Any(IsInLabels))
        {
            return values;
        }

        var samples = read.Samples.Select(sample => IsInLabels(sample) ? sample with { Labels = Labels(sample) } : sample);
        return read with { Samples = [.. samples.DistinctBy(Series)] };
    }

    private bool IsInLabels(ValueSample sample)
    {
        for (var i = 0; i < sample.Labels.Length; i++)
        {
            if (!ReferenceEquals(Label(sample, i), sample.Labels[i]))
            {
                return true;
            }
        }

        return false;
    }

    private ImmutableArray<string> Labels(ValueSample sample) => [.. Enumerable.Range(0, sample.Labels.Length).Select(index => Label(sample, index))];

    // A text of the configuration is no word of the peer's. A label as long as can be may have been cut, and nothing in it says so.
    private string Label(ValueSample sample, int index)
    {
        var (config, label) = (sample.Value.Labels[index], sample.Labels[index]);
        if (config.Source is null && config.Path is null)
        {
            return label;
        }

        return label.Length < ValueReader.MaxLabel - 1 ? Apply(label) : ApplyToCut(label);
    }

    private static (string Metric, EquatableArray<string> Names, EquatableArray<string> Labels) Series(ValueSample sample) =>
        (sample.Value.Metric, ImmutableArray.CreateRange(sample.Value.Labels.Select(label => label.Name)), sample.Labels);

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

    // The same for a text that was cut, and in which nothing says so.
    private string ApplyToCut(string text)
    {
        var marked = text + PasswordForms.Cut;
        var masked = Apply(marked);
        return ReferenceEquals(masked, marked) ? text : masked.TrimEnd(PasswordForms.Cut);
    }

    /// <summary>The message of a feed without the password, and without the beginning of it where a frame was cut.</summary>
    public FeedMessage Apply(FeedMessage message)
    {
        var frames = new byte[message.Heads.FrameCount][];
        for (var frame = 0; frame < frames.Length; frame++)
        {
            var text = Encoding.Latin1.GetString(message.Heads[frame]);
            frames[frame] = Encoding.Latin1.GetBytes(message.Missing[frame] > 0 ? ApplyToCut(text) : Apply(text));
        }

        return message with { Heads = ZmtpMessage.FromFrames(frames) };
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
