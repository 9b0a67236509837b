using Microsoft.Extensions.Logging;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>Who is told of what happens to NetMQ. Called from any thread; must neither block nor throw.</summary>
/// <param name="Logger">Takes what people should know.</param>
internal sealed record NetMqEvents(ILogger Logger)
{
    /// <value>NetMQ was built anew.</value>
    public Action? OnRestarted { get; init; }

    /// <value>A bug of ours was contained.</value>
    public Action<Exception>? OnFault { get; init; }
}
