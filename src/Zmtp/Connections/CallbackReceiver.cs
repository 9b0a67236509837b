using Zmtp.Limits;
using Zmtp.Sessions;

namespace Zmtp.Connections;

/// <summary>A <see cref="MessageReceiver"/> that calls a delegate with each message. Not thread-safe.</summary>
public sealed class CallbackReceiver : MessageReceiver
{
    private readonly Action<ZmtpMessage> _onMessage;

    /// <summary>Makes one for a connection.</summary>
    /// <param name="connection">Whose frames it takes.</param>
    /// <param name="onMessage">Takes each message.</param>
    public CallbackReceiver(ZmtpConnection connection, Action<ZmtpMessage> onMessage)
        : base(connection) => _onMessage = onMessage;

    /// <summary>Makes one for a session without a connection.</summary>
    internal CallbackReceiver(ZmtpOptions options, BufferBudget? buffers, Action<ZmtpMessage> onMessage)
        : base(options, buffers) => _onMessage = onMessage;

    /// <inheritdoc />
    protected override void OnMessage(ZmtpMessage message) => _onMessage(message);
}
