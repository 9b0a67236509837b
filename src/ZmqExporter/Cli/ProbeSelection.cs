using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using ZmqExporter.Configuration;
using ZmqExporter.Probing.OneShot;
using Zmtp;
using Zmtp.Endpoints;

namespace ZmqExporter.Cli;

/// <summary>What <c>zmq_exporter probe</c> is to probe. Immutable.</summary>
/// <param name="Targets">Each target with each of its modules; one for an endpoint.</param>
/// <param name="AreNamed">Whether they are targets of a configuration and not an endpoint that the command line gives.</param>
/// <param name="IsIncomplete">Whether a list of targets has errors, or could not be read, so that some may be missing.</param>
internal sealed record ProbeSelection(ImmutableArray<TargetConfig> Targets, bool AreNamed, bool IsIncomplete = false)
{
    /// <summary>Finds out; null after an error, which has been printed.</summary>
    public static async Task<ProbeSelection?> ReadAsync(ProbeFlags flags, ParseResult parsed, CancellationToken cancellation)
    {
        var error = parsed.InvocationConfiguration.Error;
        var word = parsed.GetValue(flags.Target);
        var module = parsed.GetValue(flags.Module);
        var file = parsed.GetValue(flags.ConfigFile);
        if (word is not null && IsForEndpoint(word, module, file))
        {
            return OfEndpoint(word, flags, parsed);
        }

        var targets = new ConfiguredTargets(file, error, cancellation);
        var selection = word is null ? await targets.AllAsync(module)
            : Stray(flags, parsed) is { } stray ? Refuse(error, HiddenComplaint(word) ?? $"{stray} is for an endpoint, and {Quoted.Text(word)} is none: a target's modules say what is sent; an endpoint is written tcp://host:port")
            : await targets.FindAsync(word, module);
        return selection is null || Problem(selection) is not { } problem ? Showing(selection, flags, parsed) : Refuse(error, problem);
    }

    // Only with a configuration that the command line names, and without a module, an endpoint stands for the target that has it.
    private static bool IsForEndpoint(string word, string? module, string? file) =>
        (file is null || module is not null) && (word.Contains("://", StringComparison.Ordinal) || ZmtpEndpoint.TryParse(word, out _, out _));

    private static ProbeSelection? OfEndpoint(string word, ProbeFlags flags, ParseResult parsed)
    {
        var error = parsed.InvocationConfiguration.Error;
        if (!ZmtpEndpoint.TryParse(word, out var endpoint, out var complaint))
        {
            return Refuse(error, EndpointComplaint(word, complaint));
        }

        var module = parsed.GetValue(flags.Module) is { } name
            ? ModuleSource.Find(parsed.GetValue(flags.ConfigFile), name, error)
            : AdHocModule.Of(parsed.GetValue(flags.Send) ?? [], parsed.GetValue(flags.Expect), SocketOf(flags, parsed), TopicsOf(flags, parsed), parsed.GetValue(flags.Timeout));
        return module is null ? null
            : Problem(endpoint, module) is { } problem ? Refuse(error, problem)
            : !TryReadReturn(parsed.GetValue(flags.ReturnEndpoint), module, out var back, out var wrong) ? Refuse(error, wrong)
            : Showing(new ProbeSelection([OneShotProbe.Target(endpoint, module, returnEndpoint: back)], AreNamed: false), flags, parsed);
    }

    private static bool TryReadReturn(string? word, ModuleConfig module, out ZmtpEndpoint? endpoint, [NotNullWhen(false)] out string? problem)
    {
        (endpoint, problem) = (null, null);
        if (module.Prober is not LoopProberConfig { HasReturnEndpoint: true })
        {
            problem = word is null ? null : $"--return-endpoint is for a module that receives elsewhere than it sends, and {Quoted.Plain(module.Name)} does not";
        }
        else if (word is null)
        {
            problem = $"module {Quoted.Plain(module.Name)} sends at one endpoint and receives at another: add --return-endpoint tcp://host:port";
        }
        else if (!ZmtpEndpoint.TryParse(word, out endpoint, out var complaint))
        {
            problem = $"--return-endpoint {EndpointComplaint(word, complaint)}";
        }

        return problem is null;
    }

    // A handshake carries no message, so that there would be nothing to show.
    private static ProbeSelection? Showing(ProbeSelection? selection, ProbeFlags flags, ParseResult parsed) =>
        selection is null || !parsed.GetValue(flags.ShowFrames) || selection.Targets.Any(target => target.Module.Prober is not HandshakeProberConfig) ? selection
        : Refuse(parsed.InvocationConfiguration.Error, "--show-frames needs messages, and a handshake has none: add --socket sub for a publisher, --send for a server that answers, or --module");

    private static SocketType SocketOf(ProbeFlags flags, ParseResult parsed) =>
        parsed.GetValue(flags.Socket) ?? (parsed.GetResult(flags.Topic) is { Implicit: false } ? SocketType.Sub : SocketType.Dealer);

    // Without a topic, and without a wish to see messages, a SUB only looks at the transport.
    private static string[] TopicsOf(ProbeFlags flags, ParseResult parsed) =>
        parsed.GetResult(flags.Topic) is { Implicit: false } ? parsed.GetValue(flags.Topic) ?? []
        : SocketOf(flags, parsed) == SocketType.Sub && parsed.GetValue(flags.ShowFrames) ? [""]
        : [];

    /// <summary>What is wrong with an endpoint, without the password that may stand in it.</summary>
    public static string EndpointComplaint(string word, string complaint) =>
        word.Contains('@', StringComparison.Ordinal) && !word.StartsWith("ipc:", StringComparison.Ordinal) ? complaint : $"{Quoted.Text(word)}: {complaint}";

    // What is wrong with a word that is most likely an endpoint with a password; null for any other.
    private static string? HiddenComplaint(string word) =>
        word.Contains('@', StringComparison.Ordinal) && ConfiguredTargets.LooksLikeEndpoint(word) && !ZmtpEndpoint.TryParse(word, out _, out var complaint)
            ? EndpointComplaint(word, complaint)
            : null;

    private static string? Stray(ProbeFlags flags, ParseResult parsed) =>
        ((Option[])[flags.Send, flags.Socket, flags.Topic, flags.ReturnEndpoint]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    private static string? Problem(ProbeSelection selection) =>
        selection.Targets.Select(target => Problem(target.Endpoint, target.Module)).FirstOrDefault(problem => problem is not null);

    private static string? Problem(ZmtpEndpoint endpoint, ModuleConfig module) => module.Prober is ListenProberConfig
        ? $"{(endpoint.IsIncoming ? $"target {Quoted.Plain(endpoint.ToString())}" : $"module {Quoted.Plain(module.Name)}")} {ListenProberConfig.OnlyListener}"
        : module.Client == MessagingClient.NetMq && endpoint.SocketPath is not null
        ? $"module {Quoted.Plain(module.Name)} has client: netmq, and NetMQ has no Unix sockets; use an endpoint with tcp://, or a module with client: zmtp"
        : null;

    private static ProbeSelection? Refuse(TextWriter error, string problem)
    {
        error.WriteLine($"zmq_exporter: {problem}");
        return null;
    }
}
