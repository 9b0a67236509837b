using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Cli;

/// <summary>What is probed at an endpoint when the command line names no module.</summary>
internal static class AdHocModule
{
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(10);

    /// <summary>The module. Without anything to send, only the transport is asked: a payload that its server does not know could do harm.</summary>
    /// <param name="send">The frames of <c>--send</c>.</param>
    /// <param name="expect">The one of <c>--expect</c>, or null.</param>
    /// <param name="socket">What to claim to be when nothing is sent.</param>
    /// <param name="topics">What a SUB subscribes to, in the spellings of <see cref="FrameText"/>; none for a look at the transport.</param>
    /// <param name="timeout">The one of <c>--timeout</c>, or null.</param>
    public static ModuleConfig Of(string[] send, string? expect, SocketType socket, string[] topics, TimeSpan? timeout)
    {
        var silence = timeout > MaxSilence ? timeout.Value : MaxSilence;
        ProberConfig prober = topics.Length > 0 ? new SubscribeProberConfig([.. topics.Select(FrameText.ToBytes)], silence, silence, [])
            : send.Length == 0 ? new HandshakeProberConfig(socket, HandshakeSockets.KeepsConnection(socket, ping: true))
            : new RequestProberConfig(
                SocketType.Req,
                Persistent: true,
                [new RequestStepConfig([.. send.Select(FrameText.ToFrame)], expect is null ? [] : [FrameText.ToCondition(expect)])]);
        return new ModuleConfig(
            prober.Name,
            Interval: TimeSpan.FromSeconds(15),
            Timeout: TimeSpan.FromSeconds(2),
            MessagingClient.Zmtp,
            new PolicyConfig(),
            new SecurityConfig.Null(),
            prober);
    }
}
