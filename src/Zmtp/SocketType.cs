namespace Zmtp;

/// <summary>The socket types that a probe can take (RFC 23 and RFC 28 to 31).</summary>
public enum SocketType
{
    /// <summary>Request: one outstanding request, an empty delimiter frame before the body.</summary>
    Req,

    /// <summary>Reply.</summary>
    Rep,

    /// <summary>Asynchronous request: frames go as they are.</summary>
    Dealer,

    /// <summary>Asynchronous reply.</summary>
    Router,

    /// <summary>Publisher.</summary>
    Pub,

    /// <summary>Publisher that sees subscriptions.</summary>
    Xpub,

    /// <summary>Subscriber.</summary>
    Sub,

    /// <summary>Subscriber that sends subscriptions as messages.</summary>
    Xsub,

    /// <summary>Pipeline source.</summary>
    Push,

    /// <summary>Pipeline sink.</summary>
    Pull,

    /// <summary>Exclusive pair.</summary>
    Pair,
}
