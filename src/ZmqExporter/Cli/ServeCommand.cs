using System.CommandLine;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter [serve]</c>: probes until a signal ends it.</summary>
internal static class ServeCommand
{
    /// <summary>The command under its name.</summary>
    /// <param name="signals">What ends it, or asks it to reload.</param>
    public static Command Create(ProcessSignals signals)
    {
        var command = new Command("serve", "Probe the configured targets and serve the metrics (the default)");
        Configure(command, signals);
        return command;
    }

    /// <summary>Makes a command serve: the root command does so too.</summary>
    public static void Configure(Command command, ProcessSignals signals)
    {
        var configFile = new Option<string>("--config.file")
        {
            Description = "The configuration",
            HelpName = "file",
            DefaultValueFactory = _ => "zmq_exporter.yml",
        };
        var listen = ListenAddressFlag.CreateMany(":19555");
        var webConfigFile = new Option<string>("--web.config.file")
        {
            Description = "TLS, authentication, headers and rate limit of the HTTP port, in the format of Prometheus' exporters",
            HelpName = "file",
        };
        var heartbeats = HeartbeatListenFlag.Create();
        var systemdSocket = new Option<bool>("--web.systemd-socket") { Description = "Serve on the sockets that systemd has opened, and not on --web.listen-address" };
        var autoReload = new Option<bool>("--config.auto-reload") { Description = "Reload the configuration when one of its files changes" };
        var enableLifecycle = new Option<bool>("--web.enable-lifecycle") { Description = "Reload the configuration at POST /-/reload, too, and not at SIGHUP alone" };
        var externalUrl = UrlFlag.External();
        var dashboardUrl = UrlFlag.Dashboard();
        var shard = ShardFlag.Create();
        var log = new LogFlags();
        command.Options.Add(configFile);
        command.Options.Add(autoReload);
        command.Options.Add(listen);
        command.Options.Add(heartbeats);
        command.Options.Add(webConfigFile);
        command.Options.Add(systemdSocket);
        command.Options.Add(enableLifecycle);
        command.Options.Add(externalUrl);
        command.Options.Add(dashboardUrl);
        command.Options.Add(shard);
        log.AddTo(command);
        command.SetAction((parsed, cancellation) => ExporterHost.RunAsync(
            new ServeSettings(parsed.GetRequiredValue(configFile), [.. parsed.GetRequiredValue(listen)], log.Read(parsed))
            {
                WebConfigFile = parsed.GetValue(webConfigFile) is { Length: > 0 } file ? file : null,
                UsesSystemdSockets = parsed.GetValue(systemdSocket),
                ExternalUrl = parsed.GetValue(externalUrl),
                DashboardUrl = parsed.GetValue(dashboardUrl),
                HeartbeatListen = [.. parsed.GetRequiredValue(heartbeats)],
                AutoReload = parsed.GetValue(autoReload),
                EnableLifecycle = parsed.GetValue(enableLifecycle),
                Shard = parsed.GetRequiredValue(shard),
            },
            parsed.InvocationConfiguration.Error,
            listening: null,
            signals,
            cancellation));
    }
}
