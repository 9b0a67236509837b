using NetMQ;
using Zmtp;

namespace ZmqExporter.NetMqWorker;

/// <summary>What an exception of NetMQ means for a probe: a failure of our own, in words.</summary>
internal static class NetMqFailure
{
    /// <summary>The error; an exception that carries NetMQ's error code is named with it, because its message as a rule says nothing.</summary>
    public static ZmtpError Of(Exception exception)
    {
        var code = exception is NetMQException { ErrorCode: var errorCode } ? $" {errorCode}" : "";
        return new ZmtpError(ZmtpErrorCode.Local, $"NetMQ failed: {exception.GetType().Name}{code}: {exception.Message}");
    }
}
