using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>Links over our own ZMTP client.</summary>
internal sealed class ZmtpClient(ZmtpContext context) : IMessageClient
{
    /// <summary>How many connections all links together keep for late replies.</summary>
    public const int MostLateReplies = 1024;

    // The targets of a module differ in their endpoint alone, and are made one after the other.
    private static volatile ZmtpOptions? _lastOptions;

    private readonly LateReplyBudget _lateReplies = new(MostLateReplies);

    /// <inheritdoc />
    public IMessageLink CreateLink(LinkOptions options, ILinkObserver observer) => options is { SocketType: SocketType.Pub, Topics.IsEmpty: false }
        ? new ZmtpPublisherLink(options, context, _lateReplies, observer)
        : new ZmtpLink(options, context, _lateReplies, observer);

    /// <inheritdoc />
    public ISubscriptionLink CreateSubscription(LinkOptions options, ISubscriptionObserver observer) =>
        new ZmtpSubscriptionLink(options, context, _lateReplies, observer);

    /// <summary>What a connection of a link is made with.</summary>
    internal static ZmtpOptions Options(LinkOptions options)
    {
        var made = Make(options);
        var last = _lastOptions;
        return made.Equals(last) ? last : _lastOptions = made;
    }

    private static ZmtpOptions Make(LinkOptions options) => new()
    {
        SocketType = options.SocketType,
        RoutingId = options.RoutingId,
        MaxMessageSize = options.MaxMessageSize,
        Pings = options.Pings,
        PeekOnly = options.PeekOnly,
        Security = options.Security,
        MayConnect = options.MayConnect,
        IsHandledQuickly = options.IsJudgedQuickly,
    };
}
