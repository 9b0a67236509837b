using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>What a worker does for a link.</summary>
internal enum WorkKind
{
    /// <summary>Begins a probe.</summary>
    Open,

    /// <summary>Sends a message.</summary>
    Send,

    /// <summary>Begins to wait for a message.</summary>
    Receive,

    /// <summary>Closes the connection.</summary>
    Close,

    /// <summary>Closes everything, forever.</summary>
    End,

    /// <summary>Puts the connection aside for a late reply.</summary>
    KeepLate,

    /// <summary>Makes a connection that no probe waits for.</summary>
    Reconnect,

    /// <summary>Goes on with what awaited its turn on the thread.</summary>
    Continue,
}

/// <summary>Something that a worker does things for. All calls come on the worker's thread.</summary>
internal interface IWorkerItem
{
    /// <summary>Does it.</summary>
    /// <param name="worker">Whose thread this is.</param>
    /// <param name="kind">What.</param>
    /// <param name="message">For <see cref="WorkKind.Send"/>.</param>
    void Run(NetMqWorker worker, WorkKind kind, ZmtpMessage? message);

    /// <summary><see cref="Run"/> or <see cref="IConnectionOwner.OnReady"/> threw: whoever waits has to be told.</summary>
    void OnFault(Exception exception);
}

/// <summary>Whose connection it is. All calls come on the worker's thread.</summary>
internal interface IConnectionOwner : IWorkerItem
{
    /// <summary>Whether something is awaited on this connection: the worker looks at no other.</summary>
    bool Awaits(NetMqConnection connection);

    /// <summary>A message or an event may have come.</summary>
    void OnReady(NetMqConnection connection);

    /// <summary>An event of the monitor.</summary>
    void OnEvent(NetMqConnection connection, ConnectionEvent connectionEvent);

    /// <summary>Far more than a message may have came, and no end of it.</summary>
    void OnFlooded(NetMqConnection connection);

    /// <summary>The connection was disposed.</summary>
    void OnClosed(NetMqConnection connection);
}
