using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>What a request module allows its server. Immutable.</summary>
/// <param name="MaxPassedOver">How many messages that do not meet <c>until</c> a probe passes over.</param>
/// <param name="MaxReply">The most bytes of a reply.</param>
/// <param name="HasRoutingId">Whether the server knows the probe by an identity.</param>
internal readonly record struct RequestLimits(int MaxPassedOver, int MaxReply, bool HasRoutingId)
{
    /// <summary>Those of a module.</summary>
    public static RequestLimits Of(RequestProberConfig config) => new(config.MaxPassedOver, config.MaxReply, !config.RoutingId.IsEmpty);
}
