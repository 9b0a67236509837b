using Zmtp.Timing;

namespace Zmtp.Connections;

/// <summary>
/// Keeps a handler's exceptions from the network's threads, where nobody could catch them and the process would end: one bug in the
/// handling of one server must not take the monitoring of all the others with it. Thread-safe.
/// </summary>
/// <param name="handler">Takes what happens.</param>
/// <param name="messages">Takes what comes, if it is a handler of messages or frames.</param>
/// <param name="onFault">Takes the exceptions, or null.</param>
internal sealed class HandlerGuard(IConnectionHandler handler, IConnectionHandler messages, Action<Exception>? onFault) : IMessageHandler, IFrameHandler
{
    private readonly IMessageHandler? _messages = messages as IMessageHandler;
    private readonly IFrameHandler? _frames = messages as IFrameHandler;

    /// <summary>Whether frames are wanted, and not messages.</summary>
    public bool TakesFrames => _frames is not null;

    /// <inheritdoc />
    public void OnEvent(ConnectionEvent connectionEvent)
    {
        try
        {
            handler.OnEvent(connectionEvent);
        }
#pragma warning disable CA1031 // The reason for this class.
        catch (Exception exception)
        {
            onFault?.Invoke(exception);
        }
    }

    /// <inheritdoc />
    public void OnOpened(ZmtpConnection connection, PeerInfo peer)
    {
        try
        {
            handler.OnOpened(connection, peer);
        }
        catch (Exception exception)
        {
            onFault?.Invoke(exception);
        }
    }

    /// <inheritdoc />
    public void OnMessage(ZmtpConnection connection, ZmtpMessage message, Arrival arrival)
    {
        try
        {
            _messages?.OnMessage(connection, message, arrival);
        }
        catch (Exception exception)
        {
            onFault?.Invoke(exception);
        }
    }

    /// <inheritdoc />
    public int KeptLength(int number)
    {
        try
        {
            return _frames?.KeptLength(number) ?? 0;
        }
        catch (Exception exception)
        {
            onFault?.Invoke(exception);
            return 0;
        }
    }

    /// <inheritdoc />
    public void OnFrame(ZmtpConnection connection, int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        try
        {
            _frames?.OnFrame(connection, number, head, length, isLast);
        }
        catch (Exception exception)
        {
            onFault?.Invoke(exception);
        }
    }

    /// <inheritdoc />
    public void OnFramesRead(ZmtpConnection connection, Timestamp timestamp)
    {
        try
        {
            _frames?.OnFramesRead(connection, timestamp);
        }
        catch (Exception exception)
        {
            onFault?.Invoke(exception);
        }
    }

    /// <inheritdoc />
    public void OnPong(ZmtpConnection connection, Timestamp timestamp)
    {
        try
        {
            handler.OnPong(connection, timestamp);
        }
        catch (Exception exception)
        {
            onFault?.Invoke(exception);
        }
    }

    /// <inheritdoc />
    public void OnClosed(ZmtpConnection connection, ZmtpError error)
    {
        try
        {
            handler.OnClosed(connection, error);
        }
        catch (Exception exception)
        {
            onFault?.Invoke(exception);
        }
#pragma warning restore CA1031
    }
}
