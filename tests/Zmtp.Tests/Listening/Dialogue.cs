using System.Text;
using Zmtp.Listening;
using Zmtp.Security;
using Zmtp.Sessions;
using Zmtp.Wire;

namespace Zmtp.Tests.Listening;

/// <summary>Both sides, each fed with what the other one sent, one byte at a time.</summary>
internal sealed class Dialogue
{
    private readonly Wire _toClient = new();
    private readonly Wire _toServer = new();
    private readonly Sink _sink = new();

    public Dialogue(ListenerSecurity server, ZmtpSecurity client, SocketType type, ListenerLimits? limits = null)
    {
        Server = new ServerSession(server, limits ?? new ListenerLimits(), "ZHB1"u8.ToArray(), _toClient, _sink);
        Client = new ZmtpSession(new ZmtpOptions { SocketType = type, Security = client }, new ClientSide(_toServer, Pongs), new Ignored());
        Server.Start();
        Client.Start();
    }

    public ServerSession Server { get; }

    public ZmtpSession Client { get; }

    public List<byte[]> Pongs { get; } = [];

    public IReadOnlyList<string> ServerPongs => _sink.Pongs;

    public ZmtpError? ServerError { get; private set; }

    public ZmtpError? ClientError { get; private set; }

    public ZmtpError? Run()
    {
        while (ServerError is null && (_toClient.HasAny || _toServer.HasAny))
        {
            while (_toClient.HasAny && ClientError is null)
            {
                ClientError = Client.Receive([_toClient.Next()]);
            }

            Client.Prompt();
            while (_toServer.HasAny && ServerError is null)
            {
                ServerError = Server.Receive([_toServer.Next()]);
            }

            if (ClientError is not null)
            {
                break;
            }
        }

        while (_toClient.HasAny && ClientError is null)
        {
            ClientError = Client.Receive([_toClient.Next()]);
        }

        return ServerError;
    }

    public string[] Texts()
    {
        var message = Assert.Single(_sink.Messages);
        return [.. Enumerable.Range(0, message.FrameCount).Select(frame => Encoding.UTF8.GetString(message[frame]))];
    }

    internal sealed class Wire : IByteOutput
    {
        private readonly Queue<byte> _bytes = new();

        public bool HasAny => _bytes.Count > 0;

        public byte Next() => _bytes.Dequeue();

        public void Send(ReadOnlySpan<byte> bytes)
        {
            foreach (var b in bytes)
            {
                _bytes.Enqueue(b);
            }
        }
    }

    internal sealed class Sink : IServerSink
    {
        public List<ZmtpMessage> Messages { get; } = [];

        public ZmtpError? OnOpened() => null;

        public void OnMessage(ZmtpMessage message) => Messages.Add(message);

        public List<string> Pongs { get; } = [];

        public void OnPong(ReadOnlySpan<byte> context) => Pongs.Add(Encoding.ASCII.GetString(context));
    }

    private sealed class ClientSide(Wire wire, List<byte[]> pongs) : ISessionOutput
    {
        public void Send(ReadOnlySpan<byte> bytes) => wire.Send(bytes);

        public void OnOpened(PeerInfo peer)
        {
        }

        public void OnPong(ReadOnlySpan<byte> context) => pongs.Add(context.ToArray());
    }

    private sealed class Ignored : IFrameReceiver
    {
        public int? MaxLength => 1000;

        public int KeptLength(int number) => 0;

        public ZmtpError? OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast) => null;
    }
}
