using Zmtp.Timing;

namespace Zmtp.Connections;

/// <summary>Takes whole messages, within the bounds of the options.</summary>
/// <remarks>Threads and locks as for <see cref="IConnectionHandler"/>.</remarks>
public interface IMessageHandler : IConnectionHandler
{
    /// <summary>A message came.</summary>
    /// <param name="connection">Where from.</param>
    /// <param name="message">The message; for a REQ without the delimiter.</param>
    /// <param name="arrival">When its last bytes came, on the timer queue's clock.</param>
    void OnMessage(ZmtpConnection connection, ZmtpMessage message, Arrival arrival);
}
