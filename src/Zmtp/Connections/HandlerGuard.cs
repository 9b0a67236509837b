using Zmtp.Sessions;
using Zmtp.Timing;

namespace Zmtp.Connections;

/// <summary>
/// Keeps a handler's exceptions from the network's threads, where nobody could catch them and the process would end: one bug in the
/// handling of one server must not take the monitoring of all the others with it. Thread-safe.
/// </summary>
/// <param name="handler">Takes what happens.</param>
/// <param name="onFault">Takes the exceptions, or null.</param>
internal sealed class HandlerGuard(IConnectionHandler handler, Action<Exception>? onFault) : IConnectionHandler
{
    /// <summary>Not guarded: the code that starts a connection makes this call, and gets the exception.</summary>
    public IFrameReceiver CreateReceiver(ZmtpConnection connection) => handler.CreateReceiver(connection);

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
