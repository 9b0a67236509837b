using System.Net.Sockets;

namespace Zmtp.Tests.Support;

/// <summary>Holds up the thread that watches all sockets.</summary>
internal sealed class HeldWatch : IWatchedSocket, IDisposable
{
    private readonly Socket _client;
    private readonly Socket _server;
    private readonly ManualResetEventSlim _isHeld = new();
    private readonly ManualResetEventSlim _goes = new();

    public HeldWatch(SocketWatch watch)
    {
        (_client, _server) = Kernel.Connect();
        watch.TryAdd(_client, this, isConnecting: true);
        _isHeld.Wait();
    }

    public void OnReady(bool isEnding)
    {
        _isHeld.Set();
        _goes.Wait();
    }

    public void Release() => _goes.Set();

    public void Dispose()
    {
        _goes.Set();
        _client.Dispose();
        _server.Dispose();
    }
}
