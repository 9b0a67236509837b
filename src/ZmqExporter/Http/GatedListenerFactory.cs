using System.Net;
using Microsoft.AspNetCore.Connections;

namespace ZmqExporter.Http;

/// <summary>
/// Makes listeners that hand out connections only as <see cref="ConnectionGate"/> lets them in. Here and not in Kestrel's middleware: that
/// comes to see a connection when its descriptor has long been made, and Kestrel accepts as fast as clients connect.
/// </summary>
/// <param name="inner">Makes the listeners behind.</param>
/// <param name="gate">Bounds the connections of all of them together.</param>
internal sealed class GatedListenerFactory(IConnectionListenerFactory inner, ConnectionGate gate) : IConnectionListenerFactory
{
    /// <inheritdoc />
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new GatedListener(await inner.BindAsync(endpoint, cancellationToken), gate);

    private sealed class GatedListener(IConnectionListener inner, ConnectionGate gate) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } connection)
            {
                var address = ClientAddress.Of((connection.RemoteEndPoint as IPEndPoint)?.Address);
                if (gate.TryEnter(address))
                {
                    return new GatedConnection(connection, gate, address);
                }

                connection.Abort(new ConnectionAbortedException("too many connections"));
                await connection.DisposeAsync(); // gone before the next one is accepted: so there is never more than one too many
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
