using System.Buffers.Binary;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using NetMQ;
using Zmtp;

namespace ZmqExporter.NetMqWorker;

/// <summary>
/// Why NetMQ itself closed a connection: a frame was announced that is longer than its <c>MaxMsgSize</c>. To its monitor that is a
/// connection that was lost, whoever closed it; but the decoder of the connection's engine still stands at the header. NetMQ hands out
/// neither, hence the reflection; a test holds that it works.
/// </summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Trimming.xml keeps what is read.")]
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Trimming.xml keeps what is read.")]
internal static class RefusedFrame
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    // In both of NetMQ's decoders: eight bytes of a length are read, and nothing is left to read of them.
    private const int LongLength = 1;

    private static readonly FieldInfo? SocketHandle = typeof(NetMQSocket).GetField("m_socketHandle", Hidden);
    private static readonly FieldInfo? Endpoints = TypeOf("NetMQ.Core.SocketBase")?.GetField("m_endpoints", Hidden);
    private static readonly PropertyInfo? Session = TypeOf("NetMQ.Core.SocketBase+Endpoint")?.GetProperty("Own", Hidden);
    private static readonly FieldInfo? Engine = TypeOf("NetMQ.Core.SessionBase")?.GetField("m_engine", Hidden);
    private static readonly FieldInfo? Decoder = TypeOf("NetMQ.Core.Transports.StreamEngine")?.GetField("m_decoder", Hidden);
    private static readonly PropertyInfo? State = TypeOf("NetMQ.Core.Transports.DecoderBase")?.GetProperty("State", Hidden);
    private static readonly FieldInfo? ToRead = TypeOf("NetMQ.Core.Transports.DecoderBase")?.GetField("m_toRead", Hidden);
    private static readonly FieldInfo? Bytes = TypeOf("NetMQ.Core.Transports.ByteArraySegment")?.GetField("m_innerBuffer", Hidden);
    private static readonly Type? OldDecoder = TypeOf("NetMQ.Core.Transports.V1Decoder");

    /// <summary>The engine of a socket's one connection; null before it runs and after it has ended. On the thread of the socket.</summary>
    public static object? EngineOf(NetMQSocket socket)
    {
        var endpoints = (IDictionary?)Endpoints?.GetValue(SocketHandle?.GetValue(socket));
        var session = endpoints?.Values.Cast<object>().Select(static endpoint => Session?.GetValue(endpoint)).FirstOrDefault();
        return session is not null && Engine?.DeclaringType?.IsInstanceOfType(session) == true ? Engine.GetValue(session) : null;
    }

    /// <summary>What a connection ended with, once the monitor has told that it did.</summary>
    /// <param name="engine">As it was while the connection lived.</param>
    /// <param name="limit">Its <c>MaxMsgSize</c>.</param>
    /// <returns>Null when it was not that.</returns>
    public static ZmtpError? ErrorOf(object engine, long limit) => LengthIn(engine) is { } length && length > (ulong)limit
        ? new ZmtpError(
            ZmtpErrorCode.TooLarge,
            string.Create(CultureInfo.InvariantCulture, $"the peer announced a frame of {length} bytes, and {limit} is the limit here"))
        {
            IsMessageSize = true,
        }
        : null;

    private static ulong? LengthIn(object engine)
    {
        if (Decoder?.DeclaringType?.IsInstanceOfType(engine) != true || Decoder.GetValue(engine) is not { } decoder
            || State?.GetValue(decoder) is not LongLength || ToRead?.GetValue(decoder) is not 0)
        {
            return null;
        }

        // ZMTP 1.0 counts the flags among the bytes of a frame.
        var header = decoder.GetType().GetField("m_tmpbuf", Hidden)?.GetValue(decoder);
        return header is not null && Bytes?.GetValue(header) is byte[] { Length: sizeof(ulong) } bytes
            ? BinaryPrimitives.ReadUInt64BigEndian(bytes) - (decoder.GetType() == OldDecoder ? 1UL : 0UL)
            : null;
    }

    private static Type? TypeOf(string name) => typeof(NetMQSocket).Assembly.GetType(name);
}
