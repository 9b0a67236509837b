using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>
/// A port of 127.0.0.1 for a server that comes, goes and comes back, or that cannot be asked to choose one. As long as this lives, nobody
/// gets the port who asks for any free one: other tests do so all the time. Meanwhile connections to it are refused.
/// </summary>
/// <remarks>
/// A socket that is bound and does not listen. Linux lets another one bind the same port when both have SO_REUSEADDR, which .NET, libzmq
/// and NetMQ set for their listeners.
/// </remarks>
internal sealed class ReservedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <param name="number">The port, 0 for a free one.</param>
    public ReservedPort(int number = 0)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, number));
        Number = ((IPEndPoint)_socket.LocalEndPoint!).Port;
    }

    /// <summary>The port.</summary>
    public int Number { get; }

    /// <summary>The ZeroMQ endpoint.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{Number}");

    /// <inheritdoc />
    public void Dispose() => _socket.Dispose();
}
