using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>The message keeps to the heartbeat protocol, and the server says SERVING. Immutable and thread-safe.</summary>
internal sealed class HeartbeatCondition(ExpectConfig.Heartbeat config) : ReplyCondition
{
    /// <inheritdoc />
    public override bool HasToken => !config.IsBeat;

    /// <inheritdoc />
    public override string? Check(ZmtpMessage message, in ProbeVariables variables, out ProbeToken? token)
    {
        token = null;
        if (config.IsBeat)
        {
            return HeartbeatBeat.Read(message, out var beat) ?? beat!.Report.Problem;
        }

        var at = HeartbeatProtocol.Start(message) + 1;
        token = at > 0 && at < message.FrameCount && ProbeToken.TryParse(message[at], out var found) ? found : null;
        Span<byte> wanted = stackalloc byte[ProbeToken.Length];
        variables.Token.Write(wanted);
        return HeartbeatReply.Read(message, wanted, config.Service, out var report) ?? report!.Problem;
    }
}
