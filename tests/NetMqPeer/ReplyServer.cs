using System.Globalization;
using NetMQ;
using NetMQ.Sockets;

namespace NetMqPeer;

/// <summary>
/// A REP: "pong" to "ping", "unknown" to the rest. Obeys as rep_server.py does: <c>hang</c>, <c>resume</c>, <c>delay MS</c>,
/// <c>reply TEXT</c>, <c>old N</c>.
/// </summary>
internal sealed class ReplyServer : Server
{
    private readonly ResponseSocket _socket;
    private TimeSpan _delay;
    private string? _fixed;
    private int? _old;
    private bool _isHung;

    public ReplyServer(PeerOptions options)
        : this(new ResponseSocket(), options)
    {
    }

    private ReplyServer(ResponseSocket socket, PeerOptions options)
        : base(socket, options) => _socket = socket;

    /// <inheritdoc />
    protected override bool Obey(string command)
    {
        switch (command.Split(' ', 2))
        {
            case ["hang"]:
                _isHung = true;
                return true;
            case ["resume"]:
                _isHung = false;
                return true;
            case ["delay", var milliseconds]:
                _delay = TimeSpan.FromMilliseconds(Number(milliseconds));
                return true;
            case ["reply", var text]:
                _fixed = text;
                return true;
            case ["old", var number]:
                _old = Number(number);
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc />
    protected override void TakeTurn()
    {
        NetMQMessage? request = null;
        if (_isHung)
        {
            Wait(Turn);
        }
        else if (_socket.TryReceiveMultipartMessage(Turn, ref request))
        {
            var text = request!.FrameCount == 1 ? request[0].ConvertToString() : "";
            if (_delay > TimeSpan.Zero)
            {
                Wait(_delay);
            }

            _socket.SendFrame(Answer(text));
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private string Answer(string request)
    {
        if (_old is { } old)
        {
            return Number(request) <= old ? "old" : "pong";
        }

        return _fixed ?? (request == "ping" ? "pong" : "unknown");
    }
}
