using System.Net.Sockets;
using ZmqExporter.Metrics;
using Zmtp;

namespace ZmqExporter.Listening;

/// <summary>What happens to a listener, in the words of the log and the metrics.</summary>
internal static class ListenerWords
{
    /// <summary>What an error of a listening socket means.</summary>
    /// <param name="error">The error.</param>
    /// <param name="other">What to say of any other one.</param>
    public static string Of(SocketError error, string other) => error switch
    {
        SocketError.AddressAlreadyInUse => "another program has it",
        SocketError.AccessDenied => "no permission; ports below 1024 need it, and a Unix socket a directory that may be written to",
        SocketError.TooManyOpenSockets => "this process may open no more files: raise its limit (LimitNOFILE, ulimit -n)",
        SocketError.AddressNotAvailable => "this machine has no such address, or the directory is not there",
        _ => other,
    };

    /// <summary>As what the end of a peer is counted.</summary>
    public static HeartbeatRefusal ReasonOf(ZmtpErrorCode code) => code switch
    {
        ZmtpErrorCode.NotZmtp => HeartbeatRefusal.NotZmtp,
        ZmtpErrorCode.Version => HeartbeatRefusal.Version,
        ZmtpErrorCode.Mechanism => HeartbeatRefusal.Mechanism,
        ZmtpErrorCode.Auth => HeartbeatRefusal.Auth,
        ZmtpErrorCode.SocketType => HeartbeatRefusal.SocketType,
        ZmtpErrorCode.HandshakeTimeout => HeartbeatRefusal.HandshakeTimeout,
        ZmtpErrorCode.TooLarge => HeartbeatRefusal.TooLarge,
        _ => HeartbeatRefusal.Protocol,
    };
}
