using System.Collections.Immutable;
using System.Globalization;

namespace ZmqExporter.Scanning;

/// <summary>
/// Chooses a module for what was seen. A module that sends something is only chosen where the program itself is known, and its socket's
/// type fits: a port alone proves nothing, and is a comment.
/// </summary>
internal static class ModuleChooser
{
    private const string OnlyHandshake = "to decide: what to ask it, because a handshake says nothing of its application";

    /// <summary>The choice; null for what is no ZeroMQ.</summary>
    public static ModuleChoice? Choose(Sighting sighting)
    {
        if (sighting.Look?.Greeting is not { } greeting)
        {
            return null;
        }

        return greeting.Mechanism != "NULL" ? Secured(sighting, greeting.Mechanism)
            : sighting.Look.Peer is { SocketType: { } type } ? Known(sighting, type)
            : Untold(sighting);
    }

    private static ModuleChoice Known(Sighting sighting, string type)
    {
        if (Obstacle(sighting, type) is { } obstacle)
        {
            return new ModuleChoice { Module = HandshakeModule.For(type) ?? HandshakeModule.Transport, Why = $"its socket type is {type}", Obstacle = obstacle };
        }

        if (KernelChannel(sighting.Candidate) is { } channel)
        {
            return OfKernel(type, channel);
        }

        var hints = ModuleHint.All.Where(hint => hint.SocketTypes.Contains(type, StringComparer.Ordinal)).ToList();
        var port = sighting.Candidate.Endpoint.Port;
        var proven = hints.Where(hint => hint.IsProgram(sighting.Candidate.Owners)).OrderByDescending(hint => hint.IsUsualPort(port)).ToList();
        if (proven is [var best, ..])
        {
            return new ModuleChoice
            {
                Module = best.Module,
                Why = $"the program is {sighting.Candidate.Owners.First(owner => best.Programs.Any(owner.Runs)).Name}, and its socket type is {type}{(best.IsUsualPort(port) ? ", on the usual port" : "")}",
                Notes = [.. proven.Skip(1).Select(hint => $"if it is {hint.What}, take {hint.Module}")],
            };
        }

        return new ModuleChoice
        {
            Module = HandshakeModule.For(type)!,
            Why = $"its socket type is {type}",
            Notes = [.. Alternatives(hints, port), .. Advice(type)],
        };
    }

    // Why a socket of this type had better not be probed.
    private static string? Obstacle(Sighting sighting, string type)
    {
        var isOld = sighting.Look!.Greeting is { VersionMajor: 3, VersionMinor: 0 };
        return HandshakeModule.For(type) is null ? $"no probe can talk to a {type}: give that server a socket to ask"
            : type is not ("PUSH" or "DEALER" or "REQ" or "PAIR") ? null
            : isOld ? $"do not probe it: a {type} of ZMTP 3.0 (NetMQ, JeroMQ, libzmq before 4.3.3) gives work to any connection, perhaps also to the one that looked"
            : sighting.Candidate.Owners.Any(owner => owner.IsJava) ? $"do not probe it if it is JeroMQ, whose {type} gives work to any connection, perhaps also to the one that looked"
            : null;
    }

    private static ModuleChoice OfKernel(string type, string channel) => channel == "hb"
        ? new ModuleChoice { Module = "jupyter_heartbeat", Why = "it is hb_port of the Jupyter kernel's connection file" }
        : new ModuleChoice
        {
            Module = HandshakeModule.For(type)!,
            Why = $"it is the Jupyter kernel's {channel}_port, which takes signed messages only",
            Notes = ["its heartbeat port tells more"],
        };

    private static string? KernelChannel(Candidate candidate) => candidate.Owners.Select(owner => JupyterKernel.Channel(owner, candidate.Endpoint.Port)).FirstOrDefault(channel => channel is not null);

    private static IEnumerable<string> Alternatives(IEnumerable<ModuleHint> hints, int port) =>
        hints.Where(hint => hint.IsUsualPort(port)).Select(hint => string.Create(CultureInfo.InvariantCulture, $"port {port} is usual for {hint.What}: if it is that, take {hint.Module}"));

    private static IEnumerable<string> Advice(string type) => type switch
    {
        "PUB" or "XPUB" => ["to see whether messages flow, write a module with prober: subscribe (zmq_exporter probe ENDPOINT --socket sub --show-frames proposes one)"],
        "DEALER" => ["a DEALER shares its messages out: the probe only looks at its READY and takes none; the clients' side of that server tells more"],
        "PUSH" => ["the probe only looks at its READY and takes no job; remove it if the server is JeroMQ, which gives jobs to any connection"],
        "REQ" or "PAIR" => ["the probe only looks at its READY; another socket of that server would tell more"],
        "PULL" => ["nothing is sent to it: whether somebody works on what it takes, it does not tell"],
        "SUB" or "XSUB" => ["nothing is sent to it: whether it gets what it needs, it does not tell"],
        _ => [OnlyHandshake],
    };

    private static ModuleChoice Secured(Sighting sighting, string mechanism)
    {
        var candidate = sighting.Candidate;
        var port = candidate.Endpoint.Port;
        var hints = ModuleHint.All.Where(hint => hint.IsProgram(candidate.Owners) || hint.IsUsualPort(port)).ToList();
        var types = hints.SelectMany(hint => hint.SocketTypes).Distinct(StringComparer.Ordinal);
        var isKnown = mechanism is "PLAIN" or "CURVE";
        return new ModuleChoice
        {
            Module = hints.Find(hint => hint.IsProgram(candidate.Owners))?.Module ?? HandshakeModule.Transport,
            Why = $"with {mechanism}, nobody learns its socket type without joining",
            Security = isKnown ? mechanism.ToLowerInvariant() : null,
            Obstacle = !isKnown ? $"this program does not speak the mechanism {mechanism}"
                : mechanism == "CURVE" ? "the server's public key is needed, and perhaps a client's secret key that the server lets in"
                : "a user's name and password are needed",
            Candidates = [.. types],
            Notes =
            [
                .. Alternatives(hints, port),
                "ask whoever runs it for its socket type and set socket: (dealer for a REP, ROUTER; sub for a PUB; push for a PULL); a PUSH, DEALER, REQ or PAIR would give the probe its messages",
            ],
        };
    }

    private static ModuleChoice Untold(Sighting sighting)
    {
        var hints = ModuleHint.All.Where(hint => hint.IsProgram(sighting.Candidate.Owners) || hint.IsUsualPort(sighting.Candidate.Endpoint.Port)).ToList();
        return new ModuleChoice
        {
            Module = hints.Find(hint => hint.IsProgram(sighting.Candidate.Owners))?.Module ?? HandshakeModule.Transport,
            Why = sighting.Look!.Peer is null ? "it did not say its socket type without being joined" : "its READY names no socket type",
            Obstacle = sighting.Identity.Detail.Length > 0 ? sighting.Identity.Detail : "its socket type is needed",
            Candidates = [.. hints.SelectMany(hint => hint.SocketTypes).Distinct(StringComparer.Ordinal)],
            Notes = [.. Alternatives(hints, sighting.Candidate.Endpoint.Port)],
        };
    }
}
