using System.Globalization;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>A peer that ended the connection while a request of ours was unanswered, in words.</summary>
internal static class LostAfterRequest
{
    /// <summary>
    /// What was seen, and what follows from it: the request may be what ends the server, and then each probe ends it again. A network that
    /// was lost proves nothing of the kind.
    /// </summary>
    /// <param name="error">How the connection was lost.</param>
    /// <param name="sinceRequest">How long before that the last request was sent.</param>
    public static string Words(ZmtpError error, TimeSpan sinceRequest) => !error.IsByPeer
        ? error.Message
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{error.Message}, {sinceRequest.TotalMilliseconds:0.#} ms after our request was sent and without a reply: if that happens again, the request may crash the server or make it close; stop probing with that payload, and read the server's log");
}
