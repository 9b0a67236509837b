using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>What <c>client: netmq</c> cannot do.</summary>
internal static class NetMqRules
{
    private const string Remedy = "write client: zmtp";
    private const int MostReply = 16 << 20; // what goes through the pipe of its worker process

    /// <summary>Reports what a module itself asks of NetMQ in vain.</summary>
    public static void CheckProber(SettingsLayer settings, ProberConfig prober)
    {
        // From the defaults or a target it is not applied: those are about other modules too.
        if (settings.Client is { Value: MessagingClient.NetMq } client && WhyNot(prober) is { } reason)
        {
            client.Where.Error($"prober: {prober.Name} always uses the exporter's own client: {reason}", $"{Remedy}, or remove client");
        }
    }

    private static string? WhyNot(ProberConfig prober) => prober switch
    {
        HandshakeProberConfig => "NetMQ tells nothing of a handshake",
        ListenProberConfig => "NetMQ does not tell who sent a message",
        LoopProberConfig => "NetMQ does not tell a PUB what its peer subscribed to",
        _ => null,
    };

    /// <summary>Reports what a target with a module, or a module that no target uses, asks of NetMQ in vain.</summary>
    /// <param name="settings">All layers merged.</param>
    /// <param name="module">The module.</param>
    /// <param name="unixSocket">Where the endpoint stands when it is a Unix socket, else null.</param>
    /// <param name="errors">Where errors go.</param>
    public static void Check(SettingsLayer settings, BoundModule module, ConfigValue? unixSocket, ConfigErrors errors)
    {
        if (module.Prober.OnlyOwnClient || settings.Client is not { Value: MessagingClient.NetMq } client)
        {
            return;
        }

        if (unixSocket is not null)
        {
            unixSocket.ReportingTo(errors).Error(
                $"{unixSocket.Shown} is a Unix socket, which NetMQ does not have, and module {Quoted.Plain(module.Name)} is probed with client: netmq",
                $"{Remedy}, or an endpoint with tcp://");
        }

        if (module is { Prober: RequestProberConfig { MaxReply: > MostReply }, MaxReplyAt: { } reply })
        {
            Report(reply, $"a reply through NetMQ has {ByteSizes.Show(MostReply)} at most, and module {Quoted.Plain(module.Name)} has client: netmq and max_reply: {reply.Shown.Trim('"')}", $"max_reply: {ByteSizes.Show(MostReply)}");
        }

        if (module is { Security: SecurityConfig.Plain, SecurityAt: { } security })
        {
            Report(security, $"NetMQ does not have mechanism: plain, and module {Quoted.Plain(module.Name)} asks for both", "another mechanism");
        }

        void Report(ConfigValue setting, string problem, string otherRemedy) =>
            (client.Scope == SettingScope.Target ? client.Where : setting).ReportingTo(errors).Error(problem, $"{Remedy}, or {otherRemedy}");
    }
}
