using System.Collections.Immutable;
using System.Text;
using ZmqExporter.Scanning;
using Zmtp;
using Zmtp.Endpoints;
using Zmtp.Looking;

namespace ZmqExporter.Tests.Scanning;

/// <summary>What a look may have seen.</summary>
internal static class Seen
{
    /// <summary>An address, with a process if its command line is given.</summary>
    public static Candidate At(string endpoint, string command = "", string line = "") => new(
        ZmtpEndpoint.TryParse(endpoint, out var parsed, out var error) ? parsed : throw new ArgumentException(error, nameof(endpoint)),
        command.Length == 0 ? [] : [new ListenerProcess(7, command, [.. line.Split('|', StringSplitOptions.RemoveEmptyEntries)])]);

    /// <summary>A NULL socket that told its type.</summary>
    public static Sighting Null(Candidate candidate, string? type, int minor = 1, ImmutableSortedDictionary<string, string>? metadata = null) => new(
        candidate,
        new LookResult
        {
            IsConnected = true,
            Greeting = new PeerGreeting(3, minor, "NULL"),
            Peer = new PeerInfo(3, minor, "NULL", type, metadata ?? ImmutableSortedDictionary<string, string>.Empty),
            Sent = 64,
        });

    /// <summary>A socket with another mechanism.</summary>
    public static Sighting Secured(Candidate candidate, string mechanism) => new(
        candidate,
        new LookResult { IsConnected = true, Greeting = new PeerGreeting(3, 1, mechanism), Error = new ZmtpError(ZmtpErrorCode.Mechanism, "other"), Sent = 11 });

    /// <summary>What is no ZeroMQ.</summary>
    public static Sighting Other(Candidate candidate, ZmtpErrorCode code, string heard = "") => new(
        candidate,
        new LookResult { IsConnected = true, Error = new ZmtpError(code, "it failed"), Heard = [.. Encoding.Latin1.GetBytes(heard)] });
}
