using NetMQ;

namespace NetMqPeer;

/// <summary>Takes the jobs that come to its socket, and sends those of a REQ back. Obeys <c>count</c>: prints "took COUNT".</summary>
internal sealed class Worker : Server
{
    private readonly NetMQSocket _socket;
    private readonly bool _isAsked;
    private int _count;

    public Worker(string kind, PeerOptions options)
        : this(Sockets.Open(kind), options) => _isAsked = kind == "rep";

    private Worker(NetMQSocket socket, PeerOptions options)
        : base(socket, options) => _socket = socket;

    /// <inheritdoc />
    protected override bool Obey(string command)
    {
        if (command != "count")
        {
            return false;
        }

        Console.WriteLine($"took {_count}");
        return true;
    }

    /// <inheritdoc />
    protected override void TakeTurn()
    {
        if (!_socket.TryReceiveFrameString(Turn, out var job))
        {
            return;
        }

        _count++;
        if (_isAsked)
        {
            _socket.SendFrame(job);
        }
    }
}
