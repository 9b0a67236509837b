using System.CommandLine;
using Zmtp.Endpoints;

namespace ZmqExporter.Cli;

/// <summary>The flag <c>--heartbeat.listen-address</c>.</summary>
internal static class HeartbeatListenFlag
{
    /// <summary>The flag's name.</summary>
    public const string Name = "--heartbeat.listen-address";

    /// <summary>The flag, which may be there more than once.</summary>
    public static Option<ListenEndpoint[]> Create() => new(Name)
    {
        Description = "Where to take heartbeats that servers push (prober: listen): tcp://*:19556 for every interface, tcp://address:port, or ipc:///path; none by default. May be repeated",
        HelpName = "endpoint",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
        CustomParser = argument =>
        {
            var endpoints = new List<ListenEndpoint>();
            foreach (var token in argument.Tokens)
            {
                if (ListenEndpoint.TryParse(token.Value, out var endpoint, out var error))
                {
                    endpoints.Add(endpoint);
                }
                else
                {
                    argument.AddError($"{Name}: {error}");
                }
            }

            return [.. endpoints];
        },
    };
}
