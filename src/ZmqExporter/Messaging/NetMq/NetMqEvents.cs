using Microsoft.Extensions.Logging;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>What NetMQ's runtime has of the process around it: whom it tells of what happens, and what is left. Called from any thread; must neither block nor throw.</summary>
/// <param name="Logger">Takes what people should know.</param>
internal sealed record NetMqEvents(ILogger Logger)
{
    /// <value>NetMQ was built again.</value>
    public Action? OnRestarted { get; init; }

    /// <value>A bug of ours was contained.</value>
    public Action<Exception>? OnFault { get; init; }

    /// <value>How many more descriptors this process may open; null when nobody knows.</value>
    public Func<double>? FreeDescriptors { get; init; }
}
