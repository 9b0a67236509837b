using System.Runtime.InteropServices;
using System.Text;

namespace ZmqExporter.Benchmarks;

/// <summary>libzmq itself, through P/Invoke: the yardstick. One instance belongs to one thread.</summary>
internal sealed partial class Libzmq : IDisposable
{
    public const int Req = 3;
    public const int Rep = 4;
    public const int Xpub = 9;
    public const int PlainServer = 44;
    public const int CurveServer = 47;
    public const int CurveSecretKey = 49;

    private const string Library = "libzmq.so.5";
    private const int Linger = 17;
    private const int SendMore = 2;
    private const int LastEndpoint = 32;

    private const int ReceiveMore = 13;

    private readonly nint _context;
    private readonly bool _ownsContext;
    private readonly nint _socket;

    public Libzmq(int type, Libzmq? sameContext = null)
    {
        _ownsContext = sameContext is null;
        _context = sameContext?._context ?? zmq_ctx_new();
        _socket = zmq_socket(_context, type);
        var none = 0;
        _ = zmq_setsockopt(_socket, Linger, ref none, sizeof(int));
    }

    public string Bind(string endpoint)
    {
        Check(zmq_bind(_socket, endpoint));
        var buffer = new byte[256];
        nuint length = (nuint)buffer.Length;
        Check(zmq_getsockopt(_socket, LastEndpoint, buffer, ref length));
        return Encoding.ASCII.GetString(buffer, 0, (int)length - 1);
    }

    public void Set(int option, int value) => Check(zmq_setsockopt(_socket, option, ref value, sizeof(int)));

    public void Set(int option, string value) => Check(zmq_setsockopt(_socket, option, Encoding.ASCII.GetBytes(value), (nuint)value.Length));

    /// <summary>Lets everybody in (RFC 27); ends with the process.</summary>
    public void ServeZap()
    {
        var handler = new Libzmq(Rep, this);
        handler.Bind("inproc://zeromq.zap.01");
        new Thread(handler.AnswerZap) { IsBackground = true, Name = "ZAP" }.Start();
    }

    public void Connect(string endpoint) => Check(zmq_connect(_socket, endpoint));

    public void Send(ReadOnlySpan<byte> message) => Check(zmq_send(_socket, message, (nuint)message.Length, 0));

    public void SendPart(ReadOnlySpan<byte> frame) => Check(zmq_send(_socket, frame, (nuint)frame.Length, SendMore));

    public int Receive(Span<byte> buffer)
    {
        var length = zmq_recv(_socket, buffer, (nuint)buffer.Length, 0);
        Check(length);
        return length;
    }

    public void Dispose()
    {
        _ = zmq_close(_socket);
        if (_ownsContext)
        {
            _ = zmq_ctx_term(_context);
        }
    }

    private void AnswerZap()
    {
        var frame = new byte[256];
        var id = Array.Empty<byte>();
        while (true)
        {
            var more = 1;
            for (var i = 0; more != 0; i++)
            {
                var length = Receive(frame);
                id = i == 1 ? frame[..length] : id;
                nuint size = sizeof(int);
                Check(zmq_getsockopt(_socket, ReceiveMore, ref more, ref size));
            }

            byte[][] reply = [[.. "1.0"u8], id, [.. "200"u8], [], [], []];
            for (var i = 0; i < reply.Length; i++)
            {
                Check(zmq_send(_socket, reply[i], (nuint)reply[i].Length, i < reply.Length - 1 ? SendMore : 0));
            }
        }
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new InvalidOperationException($"libzmq: {Marshal.PtrToStringUTF8(zmq_strerror(zmq_errno()))}");
        }
    }

    [LibraryImport(Library)]
    private static partial nint zmq_ctx_new();

    [LibraryImport(Library)]
    private static partial int zmq_ctx_term(nint context);

    [LibraryImport(Library)]
    private static partial nint zmq_socket(nint context, int type);

    [LibraryImport(Library)]
    private static partial int zmq_close(nint socket);

    [LibraryImport(Library)]
    private static partial int zmq_setsockopt(nint socket, int option, ref int value, nuint length);

    [LibraryImport(Library)]
    private static partial int zmq_setsockopt(nint socket, int option, byte[] value, nuint length);

    [LibraryImport(Library)]
    private static partial int zmq_getsockopt(nint socket, int option, byte[] value, ref nuint length);

    [LibraryImport(Library)]
    private static partial int zmq_getsockopt(nint socket, int option, ref int value, ref nuint length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int zmq_bind(nint socket, string endpoint);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int zmq_connect(nint socket, string endpoint);

    [LibraryImport(Library)]
    private static partial int zmq_send(nint socket, ReadOnlySpan<byte> buffer, nuint length, int flags);

    [LibraryImport(Library)]
    private static partial int zmq_recv(nint socket, Span<byte> buffer, nuint length, int flags);

    [LibraryImport(Library)]
    private static partial int zmq_errno();

    [LibraryImport(Library)]
    private static partial nint zmq_strerror(int error);
}
