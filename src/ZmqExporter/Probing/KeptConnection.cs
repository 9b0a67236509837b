using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>What was found of a kept connection whose place a fresh one has taken, in words.</summary>
internal static class KeptConnection
{
    /// <summary>The peer ends the connection at a PING.</summary>
    public const string LostToPing =
        "the peer announces ZMTP 3.1 and ended the connection at our PING, so it does not know that command and gets no more; a fresh connection took its place";

    /// <summary>The peer leaves PINGs without an answer.</summary>
    public const string IgnoresPing =
        "the peer announces ZMTP 3.1 and answers no PING, so it gets no more; a fresh handshake took its place";

    /// <summary>It was ended at the first request after it had been idle.</summary>
    /// <param name="idle">For how long it had been.</param>
    /// <param name="seen">How it ended, in words.</param>
    public static string WasEndedAtRequest(TimeSpan idle, string seen) => string.Create(
        CultureInfo.InvariantCulture,
        $"the kept connection, idle for {Durations.Words(TimeSpan.FromSeconds(Math.Round(idle.TotalSeconds, 1)))}, was ended when the request was sent ({seen}): a load balancer or firewall drops idle connections; use connection: per_probe or a shorter interval");

    private const string Someone = "a NAT, firewall, proxy or load balancer between forgot it, or what answers behind a load balancer changed; ";

    private const string Forgotten = Someone + "connection: per_probe or a shorter interval avoids that";

    private const string ForgottenSubscriber = Someone + "a shorter interval avoids that";

    /// <summary>A request on it stayed without a reply and nobody could tell whether it is dead.</summary>
    public const string MayHaveDied =
        ", or the kept connection had died because a NAT, firewall, proxy or load balancer between forgot it: it is replaced, and the next probe shows which it was";

    /// <summary>A connection without requests died in silence.</summary>
    /// <param name="isSubscriber">Whether it was one of a subscriber, for which one connection for each probe is no remedy: its publisher would grow.</param>
    public static string HadDiedUnasked(bool isSubscriber) =>
        "the kept connection had died in silence (a ZMTP PING on it was not answered), and a fresh one was: " + (isSubscriber ? ForgottenSubscriber : Forgotten);

    /// <summary>A connection without requests was reset, by a peer that is not known to end connections at a PING.</summary>
    /// <param name="isSubscriber">See <see cref="HadDiedUnasked"/>.</param>
    public static string WasReset(bool isSubscriber) =>
        "the kept connection was dead: it was reset at the first thing that we sent on it, a ZMTP PING, and a fresh one completed its handshake: " + (isSubscriber ? ForgottenSubscriber : Forgotten);

    /// <summary>It died in silence.</summary>
    /// <param name="hasPinged">Whether a PING on it stayed without an answer.</param>
    public static string HadDied(bool hasPinged) =>
        $"the kept connection had died in silence ({(hasPinged ? "nothing came on it, not even the answer to a ZMTP PING" : "the peer's host did not acknowledge the request on it")}), and a fresh one was answered: "
        + Forgotten;
}
