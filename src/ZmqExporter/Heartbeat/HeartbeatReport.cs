using Zmtp.Wire;

namespace ZmqExporter.Heartbeat;

/// <summary>What a server says of itself in a reply or a beat. Immutable.</summary>
/// <param name="Status">How it is.</param>
/// <param name="Service">Which of its services this is about; empty for the server as a whole. Escaped, so that it can be shown.</param>
/// <param name="Instance">The run of the process: new at each start.</param>
/// <param name="Details">What else it says.</param>
internal sealed record HeartbeatReport(HeartbeatStatus Status, string Service, string Instance, HeartbeatDetails Details)
{
    /// <summary>Of a beat that nobody asked for: until the next one, as it announced.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Why it is not ready, in its own words; null when it is.</summary>
    public string? Problem => Status switch
    {
        HeartbeatStatus.Serving => null,
        HeartbeatStatus.NotServing => $"the server says NOT_SERVING: {Details.Reason ?? "it gives no reason"}",
        _ when Details.Reason is { } reason => $"the server says UNKNOWN: {reason}",
        _ when Service.Length > 0 => $"the server says UNKNOWN: it does not know the service \"{Service}\", or not how it is",
        _ => "the server says UNKNOWN: it cannot tell how it is",
    };

    /// <summary>Reads the status and the instance, which every heartbeat has.</summary>
    /// <param name="status">The frame with the status.</param>
    /// <param name="instance">The frame with the instance.</param>
    /// <param name="at">The number of the first one.</param>
    /// <param name="read">Both.</param>
    /// <returns>What is wrong with them, in words, or null.</returns>
    public static string? ReadCommon(ReadOnlySpan<byte> status, ReadOnlySpan<byte> instance, int at, out (HeartbeatStatus Status, string Instance) read)
    {
        var known = HeartbeatStatuses.Read(status);
        read = (known ?? HeartbeatStatus.Unknown, Excerpt.Escape(instance));
        return CheckStatus(status, at) ?? CheckInstance(instance, at + 1);
    }

    /// <summary>What is wrong with a status, or null.</summary>
    public static string? CheckStatus(ReadOnlySpan<byte> status, int at) => HeartbeatStatuses.Read(status) is not null ? null
        : FormattableString.Invariant($"the status (frame {at}) is {Excerpt.Of(status)} and must be SERVING, NOT_SERVING or UNKNOWN");

    /// <summary>What is wrong with an instance, or null.</summary>
    public static string? CheckInstance(ReadOnlySpan<byte> instance, int at) =>
        !instance.IsEmpty && instance.Length <= HeartbeatProtocol.MaxInstance && !instance.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E) ? null
        : FormattableString.Invariant(
            $"the instance (frame {at}) is {Excerpt.Of(instance)}, {instance.Length} bytes, and must be 1 to {HeartbeatProtocol.MaxInstance} printable ASCII characters without a space");

    /// <summary>What is wrong with the bytes of some details, or null.</summary>
    public static string? CheckLength(ReadOnlySpan<byte> details, int at) => details.Length <= HeartbeatProtocol.MaxDetails ? null
        : FormattableString.Invariant($"the details (frame {at}) have {details.Length} bytes and must have {HeartbeatProtocol.MaxDetails} at most");
}
