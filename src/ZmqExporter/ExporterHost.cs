using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Http.Protection;
using ZmqExporter.Limits;
using ZmqExporter.Logging;
using ZmqExporter.Reloading;

namespace ZmqExporter;

/// <summary>Runs the exporter from its start to its end.</summary>
internal static partial class ExporterHost
{
    private const int MaxWarnings = 20; // check-config has all of them

    /// <summary>Runs until SIGTERM, SIGINT or cancellation.</summary>
    /// <param name="settings">The command line.</param>
    /// <param name="error">Takes what went wrong before logging began, one line each.</param>
    /// <param name="listening">Called once with the address that is served, or null.</param>
    /// <param name="signals">Says when somebody asks for a reload.</param>
    /// <param name="cancellation">Ends the run, or the start, as a signal does.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        ServeSettings settings, TextWriter error, Action<string>? listening, ProcessSignals signals, CancellationToken cancellation)
    {
        OpenFileLimit.Raise(); // before anything derives a bound of its own from it
        var result = ConfigLoader.Load(settings.ConfigFile);
        if (result.Config is not { } config)
        {
            ConfigErrorReport.Write(result, error);
            return ExitCode.Failed;
        }

        if (ProcessLimits.ProblemOf(config, settings) is { } problem)
        {
            await error.WriteLineAsync($"zmq_exporter: {problem}");
            return ExitCode.Failed;
        }

        var web = settings.WebConfigFile is { } webConfigFile ? WebConfigLoader.Load(webConfigFile) : null;
        if (web is { Config: null })
        {
            ConfigErrorReport.Write(web.Errors, error);
            return ExitCode.Failed;
        }

        if (settings.UsesSystemdSockets != SystemdSockets.Exist(Environment.GetEnvironmentVariable, Environment.ProcessId))
        {
            await error.WriteLineAsync(settings.UsesSystemdSockets
                ? "zmq_exporter: systemd has passed no sockets; start it by a .socket unit, or leave --web.systemd-socket out"
                : "zmq_exporter: systemd has passed sockets, on which nobody would answer; add --web.systemd-socket, or disable the .socket unit");
            return ExitCode.Failed;
        }

        cancellation.ThrowIfCancellationRequested(); // reading the configuration may have taken a while
        foreach (var path in settings.Listen.Select(address => address.UnixPath).OfType<string>())
        {
            UnixSocketFile.RemoveStale(path);
        }

        await using var app = ExporterApplication.Create(settings, result, web);
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ExporterHost));
        foreach (var warning in result.Warnings.Take(MaxWarnings))
        {
            Log.ConfigWarning(logger, warning.ToString());
        }

        foreach (var warning in web?.Warnings ?? [])
        {
            Log.WebConfigWarning(logger, warning.ToString());
        }

        if (await StartAsync(app, settings, error, logger, cancellation) is { } exitCode)
        {
            return exitCode;
        }

        var reloader = app.Services.GetRequiredService<ConfigReloader>();
        reloader.Begin();
        signals.OnHangUp(() => _ = reloader.ReloadAsync("SIGHUP"));
        var address = app.Urls.First();
        LogTargets(logger, settings, config, app.Services.GetRequiredService<ExporterConfig>().Targets.Length); // those of its sources, too

        foreach (var served in app.Urls)
        {
            Log.Listening(logger, served);
        }

        if (settings.ExternalUrl is { } external)
        {
            Log.External(logger, external.Text);
        }

        listening?.Invoke(address);
        using (app.Lifetime.ApplicationStopping.Register(() => Log.Stopping(logger)))
        {
            await app.WaitForShutdownAsync(cancellation);
        }

        Log.Stopped(logger);

        // A part that died ends the host in good order: the exit code must still tell.
        return app.Services.GetRequiredService<ProbingService>().HasDied ? ExitCode.Failed : ExitCode.Ok;
    }

    private static void LogTargets(ILogger logger, ServeSettings settings, ExporterConfig config, int targets)
    {
        var shard = settings.Shard.IsPart ? settings.Shard.ToString() : null;
        if (targets > 0 || !config.ProbeEndpoint.Allow.IsEmpty)
        {
            Log.Loaded(logger, settings.ConfigFile, targets, shard);
        }
        else if (shard is not null)
        {
            Log.EmptyShard(logger, settings.ConfigFile, shard);
        }
        else
        {
            Log.NoTargets(logger, settings.ConfigFile);
        }
    }

    /// <summary>Starts the host.</summary>
    /// <returns>The exit code when it did not start; null when it did.</returns>
    private static async Task<int?> StartAsync(
        WebApplication app, ServeSettings settings, TextWriter error, ILogger logger, CancellationToken cancellation)
    {
        try
        {
            // Not by the token itself: background services would keep it, and end by it before the host asks them to.
            await using (cancellation.UnsafeRegister(static app => ((WebApplication)app!).Lifetime.StopApplication(), app))
            {
                await app.StartAsync(CancellationToken.None);
            }

            return null;
        }
        catch (Exception e)
        {
            // Some parts may have started: without a stop they would log their own end as a fault.
            var isStopping = cancellation.IsCancellationRequested || app.Lifetime.ApplicationStopping.IsCancellationRequested;
            await app.StopAsync(CancellationToken.None);
            if (isStopping)
            {
                Log.StoppedEarly(logger);
                return ExitCode.Ok;
            }

            if (ListenFailure(e) is not { } failure || settings.Log.Level <= LogLevel.Debug)
            {
                throw;
            }

            // Kestrel's own message has the address in it.
            var failed = settings.Listen.Where(address => e.Message.Contains(address.ToString(), StringComparison.Ordinal)).ToArray();
            await error.WriteLineAsync($"zmq_exporter: cannot listen on {(failed is [var one] ? one.ToString() : string.Join(" and ", settings.Listen))}: {failure}");
            return ExitCode.Failed;
        }
    }

    private static string? ListenFailure(Exception exception) => exception switch
    {
        { InnerException: AddressInUseException } when exception.Message.Contains("://unix:", StringComparison.Ordinal) =>
            "another program listens there, or a file that is no socket has this name; it is left alone",
        { InnerException: AddressInUseException } => "the port is in use; choose another one with --web.listen-address",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "no permission; ports below 1024 need it",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "this machine has no such address",
        SocketException socket => socket.Message,
        _ => null,
    };

    private static partial class Log
    {
        // The tests and people's scripts wait for this very line; the address is a pair of its own, not part of the text.
        [LoggerMessage(Level = LogLevel.Information, Message = "listening")]
        public static partial void Listening(ILogger logger, string address);

        [LoggerMessage(Level = LogLevel.Information, Message = "people reach this exporter from outside")]
        public static partial void External(ILogger logger, string externalUrl);

        [LoggerMessage(EventName = LogEvents.SelfLimited + nameof(ConfigWarning), Level = LogLevel.Warning, Message = "config warning")]
        public static partial void ConfigWarning(ILogger logger, string warning);

        [LoggerMessage(EventName = LogEvents.SelfLimited + nameof(WebConfigWarning), Level = LogLevel.Warning, Message = "web config warning")]
        public static partial void WebConfigWarning(ILogger logger, string warning);

        [LoggerMessage(Level = LogLevel.Information, Message = "config loaded")]
        public static partial void Loaded(ILogger logger, string configFile, int targets, string? shard);

        [LoggerMessage(Level = LogLevel.Information, Message = "no target belongs to this shard now: nothing is probed until one comes")]
        public static partial void EmptyShard(ILogger logger, string configFile, string shard);

        [LoggerMessage(Level = LogLevel.Warning, Message = "no targets: nothing is probed")]
        public static partial void NoTargets(ILogger logger, string configFile);

        [LoggerMessage(Level = LogLevel.Information, Message = "stopping")]
        public static partial void Stopping(ILogger logger);

        [LoggerMessage(Level = LogLevel.Information, Message = "stopped")]
        public static partial void Stopped(ILogger logger);

        [LoggerMessage(Level = LogLevel.Information, Message = "stopped by a signal before the start was done")]
        public static partial void StoppedEarly(ILogger logger);
    }
}
