using System.Buffers.Binary;
using NetMQ;
using NetMQ.Sockets;

namespace NetMqPeer;

/// <summary>A PUB as pub.py is: [topic, sequence as 4 bytes little-endian] every 50 ms for each topic. Obeys <c>pause</c> and <c>resume</c>.</summary>
internal sealed class Publisher : Server
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly PublisherSocket _socket;
    private readonly IReadOnlyList<string> _topics;
    private uint _number;
    private bool _isPaused;

    public Publisher(PeerOptions options)
        : this(new PublisherSocket(), options)
    {
    }

    private Publisher(PublisherSocket socket, PeerOptions options)
        : base(socket, options)
    {
        _socket = socket;
        _topics = options.Topics.Count > 0 ? options.Topics : ["tick"];
    }

    /// <inheritdoc />
    protected override bool Obey(string command)
    {
        if (command is not ("pause" or "resume"))
        {
            return false;
        }

        _isPaused = command == "pause";
        return true;
    }

    /// <inheritdoc />
    protected override void TakeTurn()
    {
        if (!_isPaused)
        {
            var number = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(number, _number++);
            foreach (var topic in _topics)
            {
                _socket.SendMoreFrame(topic).SendFrame(number);
            }
        }

        Wait(Interval);
    }
}
