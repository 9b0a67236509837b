using System.Collections.Immutable;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Messaging;

/// <summary>A client library: makes links. Thread-safe.</summary>
internal interface IMessageClient
{
    /// <summary>Makes a link that is not connected yet.</summary>
    /// <param name="target">Where to, with which security and timeout.</param>
    /// <param name="socketType">Our side of the pattern.</param>
    /// <param name="reconnects">Whether a lost connection is made again before the next probe asks for it.</param>
    /// <param name="observer">Is notified of what happens between calls.</param>
    IMessageLink CreateLink(TargetConfig target, SocketType socketType, bool reconnects, ILinkObserver observer);

    /// <summary>Makes a SUB's link that is not connected yet.</summary>
    /// <param name="target">Where to, with which security and timeout.</param>
    /// <param name="topics">The prefixes to subscribe to at each connect.</param>
    /// <param name="observer">Is given every message.</param>
    ISubscriptionLink CreateSubscription(TargetConfig target, ImmutableArray<ImmutableArray<byte>> topics, ISubscriptionObserver observer);
}
