using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>Hands the messages of a connection to its link. Not thread-safe: for the thread that reads.</summary>
internal sealed class LinkReceiver : MessageReceiver
{
    private readonly ZmtpLink _link;
    private readonly ZmtpConnection _connection;

    public LinkReceiver(ZmtpLink link, ZmtpConnection connection)
        : base(connection) => (_link, _connection) = (link, connection);

    /// <inheritdoc />
    protected override void OnMessage(ZmtpMessage message) => _link.OnMessage(_connection, message);
}
