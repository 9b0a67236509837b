namespace ZmqExporter.Messaging;

/// <summary>A client library: makes links. Thread-safe.</summary>
internal interface IMessageClient
{
    /// <summary>Makes a link that is not connected yet.</summary>
    /// <param name="options">Where to and how.</param>
    /// <param name="observer">Is notified of what happens between calls.</param>
    IMessageLink CreateLink(LinkOptions options, ILinkObserver observer);

    /// <summary>Makes a SUB's link that is not connected yet.</summary>
    /// <param name="options">Where to and how, with at least one topic.</param>
    /// <param name="observer">Is given every message.</param>
    ISubscriptionLink CreateSubscription(LinkOptions options, ISubscriptionObserver observer);
}
