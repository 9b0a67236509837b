using ZmqExporter.Probing;

namespace ZmqExporter.Http.Pages;

/// <summary>Failure reasons and outcomes in words, for people who do not know the labels.</summary>
internal static class ReasonWords
{
    /// <summary>The reason in a few words.</summary>
    public static string Of(FailureReason reason) => reason switch
    {
        FailureReason.Resolve => "name does not resolve",
        FailureReason.Refused => "connection refused",
        FailureReason.Unreachable => "no route to the host",
        FailureReason.ConnectTimeout => "no connection in time",
        FailureReason.NotZmtp => "does not speak ZMTP",
        FailureReason.Version => "ZMTP is too old",
        FailureReason.Mechanism => "asks for another security mechanism",
        FailureReason.Auth => "refused the credentials",
        FailureReason.SocketType => "socket type does not fit",
        FailureReason.HandshakeTimeout => "handshake did not end in time",
        FailureReason.Disconnected => "closed the connection",
        FailureReason.ReplyTimeout => "no reply in time",
        FailureReason.UnexpectedReply => "reply is not as expected",
        FailureReason.Silent => "silent for too long",
        FailureReason.Protocol => "broke the protocol",
        FailureReason.TooLarge => "sent too much",
        FailureReason.LocalError => "the exporter could not ask",
        _ => reason.Label(),
    };

    /// <summary>The outcome, with the reason if there is one.</summary>
    public static string Of(ProbeOutcome outcome, FailureReason? reason) => (outcome, reason) switch
    {
        (ProbeOutcome.OnTime, _) => "on time",
        (ProbeOutcome.Late, _) => "late",
        (ProbeOutcome.Pending, _) => "too early to say",
        (ProbeOutcome.LocalError, _) => Of(FailureReason.LocalError),
        (_, { } known) => "missed: " + Of(known),
        _ => "missed",
    };

    /// <summary>The answer to one of the three questions.</summary>
    public static string Of(bool? answer) => answer switch
    {
        true => "yes",
        false => "no",
        null => "not known",
    };
}
