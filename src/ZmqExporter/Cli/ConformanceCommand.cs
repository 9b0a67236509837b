using System.Collections.Immutable;
using System.CommandLine;
using ZmqExporter.Configuration;
using ZmqExporter.Conformance;
using ZmqExporter.Heartbeat;
using ZmqExporter.Messaging.Zmtp;
using Zmtp;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter conformance ENDPOINT</c>: walks through the rules of the heartbeat protocol against anyone's responder or publisher.</summary>
internal static class ConformanceCommand
{
    private const int Violated = 2; // as a probe that failed

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DefaultFirst = TimeSpan.FromSeconds(75);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var endpoint = new Argument<string>("endpoint") { Description = "Where the server listens, such as tcp://127.0.0.1:5556" };
        var service = new Option<string?>("--service") { Description = "Ask for this service, or look at its beats (default: the server as a whole)", HelpName = "name" };
        var feed = new Option<bool>("--feed") { Description = "The server publishes its heartbeats: subscribe to them instead of asking" };
        var timeout = DurationFlag.Create("--timeout", "How long a handshake or a reply may take (default: 2s), and with --feed the first beat (default: 75s)");
        var json = new Option<bool>("--json") { Description = "Print one JSON object on one line" };
        var command = new Command("conformance", "Try whether a server keeps to the heartbeat protocol, rule by rule; exits with 0 when it does, 2 when it does not, 3 for usage") { endpoint, service, feed, timeout, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(endpoint) is { Tokens.Count: > 0 } && !ZmtpEndpoint.TryParse(result.GetValue(endpoint)!, out _, out var problem))
            {
                result.AddError($"{Quoted.Text(result.GetValue(endpoint)!)} {problem}");
            }

            if (System.Text.Encoding.UTF8.GetByteCount(result.GetValue(service) ?? "") > HeartbeatProtocol.MaxService)
            {
                result.AddError($"--service: a service's name has {HeartbeatProtocol.MaxService} bytes at most");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            _ = ZmtpEndpoint.TryParse(parsed.GetRequiredValue(endpoint), out var where, out _);
            var (name, isFeed) = (parsed.GetValue(service) ?? "", parsed.GetValue(feed));
            var checks = await RunAsync(where!, name, isFeed, parsed.GetValue(timeout), cancellation);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(ConformanceJson.Of(where!.ToString(), name, isFeed, checks).ToLine());
            }
            else
            {
                ConformanceText.Write(output, where!.ToString(), name, isFeed, checks);
            }

            return checks.Any(check => check.Outcome == ConformanceOutcome.Failed) ? Violated : ExitCode.Ok;
        });
        return command;
    }

    private static async Task<ImmutableArray<ConformanceCheck>> RunAsync(ZmtpEndpoint endpoint, string service, bool isFeed, TimeSpan? timeout, CancellationToken cancellation)
    {
        using var timers = new TimerQueue(TimeProvider.System);
        var client = new ZmtpClient(new ZmtpContext(timers, new NameResolver()));
        var limit = timeout ?? DefaultTimeout;
        if (!isFeed)
        {
            return await new AskedRules(socket => new ConformancePeer(client, endpoint, socket, limit, TimeProvider.System), service).RunAsync(cancellation);
        }

        using var feed = new ConformanceFeed(client, endpoint, limit, TimeProvider.System);
        return await new FeedRules(feed, service, timeout ?? DefaultFirst).RunAsync(cancellation);
    }
}
