using Zmtp;
using Zmtp.Looking;
using Zmtp.Wire;

namespace ZmqExporter.Scanning;

/// <summary>What listens at an address.</summary>
internal enum SightKind
{
    /// <summary>A ZeroMQ socket with ZMTP 3.</summary>
    Zmtp,

    /// <summary>A ZeroMQ socket of libzmq 2 or 3, which this program cannot probe.</summary>
    OldZmtp,

    /// <summary>It speaks another protocol.</summary>
    Other,

    /// <summary>It accepts connections and says nothing.</summary>
    Silent,

    /// <summary>It accepts connections and ends them without a word.</summary>
    Closed,

    /// <summary>Nothing listens.</summary>
    Refused,

    /// <summary>No way leads there.</summary>
    Unreachable,

    /// <summary>The connection was not made in time.</summary>
    NoAnswer,

    /// <summary>Our own side failed, such as a socket that this user may not open.</summary>
    Failed,

    /// <summary>It was not looked at.</summary>
    Skipped,
}

/// <summary>What listens at an address, and in words. Immutable.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Words">In a few words, such as <c>ZMTP 3.1 NULL</c> or <c>HTTP</c>.</param>
/// <param name="Detail">What was seen, in a sentence; empty when there is no more to say.</param>
internal sealed record Identity(SightKind Kind, string Words, string Detail)
{
    /// <summary>What the first bytes of a peer mean.</summary>
    public static Identity Of(Candidate candidate, LookResult? look)
    {
        if (look is null)
        {
            return new Identity(SightKind.Skipped, "not looked at", candidate.Skip ?? "");
        }

        if (look.Greeting is { } greeting)
        {
            var ended = look.Error is { Code: not ZmtpErrorCode.Mechanism } error ? error.Message : "";
            return new Identity(SightKind.Zmtp, $"ZMTP {greeting.Version} {greeting.Mechanism}", ended);
        }

        return Failed(look, look.Error ?? new ZmtpError(ZmtpErrorCode.Local, "the look ended without a result"));
    }

    private static Identity Failed(LookResult look, ZmtpError error)
    {
        var heard = look.Heard.AsSpan();
        var excerpt = heard.IsEmpty ? "" : $"it sent {Excerpt.Of(heard)}";
        if (!heard.IsEmpty && ProtocolGuess.Of(heard) is { } protocol)
        {
            return new Identity(SightKind.Other, protocol, excerpt);
        }

        return error.Code switch
        {
            ZmtpErrorCode.NotZmtp or ZmtpErrorCode.Protocol or ZmtpErrorCode.TooLarge => new Identity(SightKind.Other, "another protocol", excerpt),
            ZmtpErrorCode.Version => new Identity(SightKind.OldZmtp, $"{(heard is [0xFF, ..] ? "" : "perhaps ")}ZMTP {error.PeerVersion}", excerpt),
            ZmtpErrorCode.Disconnected when heard.IsEmpty => new Identity(SightKind.Closed, "closed without a word", look.Sent == 0 ? "it ended the connection before anything was sent" : "it ended the connection at a ZMTP greeting, as servers of TLS do"),
            ZmtpErrorCode.HandshakeTimeout when heard.IsEmpty => new Identity(SightKind.Silent, "silent", "it accepts connections and answers a ZMTP greeting with nothing"),
            ZmtpErrorCode.Disconnected or ZmtpErrorCode.HandshakeTimeout => new Identity(SightKind.Other, "an unfinished greeting", excerpt),
            ZmtpErrorCode.Refused => new Identity(SightKind.Refused, "nothing listens", ""),
            ZmtpErrorCode.Unreachable or ZmtpErrorCode.Resolve => new Identity(SightKind.Unreachable, "unreachable", error.Message),
            ZmtpErrorCode.ConnectTimeout => new Identity(SightKind.NoAnswer, "no answer", error.Message),
            _ => new Identity(SightKind.Failed, "could not look", error.Message),
        };
    }
}
