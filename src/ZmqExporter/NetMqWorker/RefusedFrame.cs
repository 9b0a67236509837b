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
    // In both of NetMQ's decoders: eight bytes of a length are read, and nothing is left to read of them.
    private const int LongLength = 1;

    private const string OldDecoder = "V1Decoder";

    /// <summary>The engine of a socket's one connection; null before it runs and after it has ended. On the thread of the socket.</summary>
    public static object? EngineOf(NetMQSocket socket) => Hidden(Hidden(socket, "m_socketHandle"), "m_endpoints") is IDictionary endpoints
        ? Hidden(Hidden(endpoints.Values.Cast<object>().FirstOrDefault(), "Own"), "m_engine")
        : null;

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
        var decoder = Hidden(engine, "m_decoder");
        if (Hidden(decoder, "State") is not LongLength || Hidden(decoder, "m_toRead") is not 0)
        {
            return null;
        }

        // ZMTP 1.0 counts the flags among the bytes of a frame.
        return Hidden(Hidden(decoder, "m_tmpbuf"), "m_innerBuffer") is byte[] { Length: sizeof(ulong) } bytes
            ? BinaryPrimitives.ReadUInt64BigEndian(bytes) - (decoder!.GetType().Name == OldDecoder ? 1UL : 0UL)
            : null;
    }

    // What a field or a property holds, whichever class has it; null when none has.
    private static object? Hidden(object? owner, string name)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;
        object? value = null;
        for (var type = owner?.GetType(); type is not null && value is null; type = type.BaseType)
        {
            value = type.GetField(name, Own)?.GetValue(owner) ?? type.GetProperty(name, Own)?.GetValue(owner);
        }

        return value;
    }
}
