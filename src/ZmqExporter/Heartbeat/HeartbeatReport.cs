using Zmtp.Wire;

namespace ZmqExporter.Heartbeat;

/// <summary>What a server says of itself in a reply or a beat. Immutable.</summary>
/// <param name="Status">How it is.</param>
/// <param name="Service">Which of its services this is about; empty for the server as a whole. Escaped, so that it can be shown.</param>
/// <param name="Instance">The run of the process: new at each start.</param>
/// <param name="Details">What else it says.</param>
internal sealed record HeartbeatReport(HeartbeatStatus Status, string Service, string Instance, HeartbeatDetails Details)
{
    /// <summary>Why it is not ready, in its own words; null when it is.</summary>
    public string? Problem => Status switch
    {
        HeartbeatStatus.Serving => null,
        HeartbeatStatus.NotServing => $"the server says NOT_SERVING: {Details.Reason ?? "it gives no reason"}",
        _ when Details.Reason is { } reason => $"the server says UNKNOWN: {reason}",
        _ when Service.Length > 0 => $"the server says UNKNOWN: it does not know the service \"{Service}\", or not how it is",
        _ => "the server says UNKNOWN: it cannot tell how it is",
    };

    /// <summary>Reads the status and the instance, which every heartbeat has; both problems are the end of a probe's words.</summary>
    /// <param name="status">The frame with the status.</param>
    /// <param name="instance">The frame with the instance.</param>
    /// <param name="at">The number of the first one.</param>
    /// <param name="read">Both.</param>
    /// <returns>What is wrong with them, or null.</returns>
    public static string? ReadCommon(ReadOnlySpan<byte> status, ReadOnlySpan<byte> instance, int at, out (HeartbeatStatus Status, string Instance) read)
    {
        read = default;
        if (HeartbeatStatuses.Read(status) is not { } known)
        {
            return FormattableString.Invariant($"the status (frame {at}) is {Excerpt.Of(status)} and must be SERVING, NOT_SERVING or UNKNOWN");
        }

        if (instance.IsEmpty || instance.Length > HeartbeatProtocol.MaxInstance || instance.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E))
        {
            return FormattableString.Invariant(
                $"the instance (frame {at + 1}) is {Excerpt.Of(instance)} of {instance.Length} bytes and must be 1 to {HeartbeatProtocol.MaxInstance} printable ASCII characters without a space");
        }

        read = (known, Excerpt.Escape(instance));
        return null;
    }

    /// <summary>What is wrong with the bytes of some details, or null.</summary>
    public static string? CheckLength(ReadOnlySpan<byte> details, int at) => details.Length <= HeartbeatProtocol.MaxDetails ? null
        : FormattableString.Invariant($"the details (frame {at}) have {details.Length} bytes and must have {HeartbeatProtocol.MaxDetails} at most");
}
