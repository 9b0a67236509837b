using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Discovery;
using Zmtp.Endpoints;

namespace ZmqExporter.Cli;

/// <summary>Finds targets of a configuration and of the lists that it names.</summary>
/// <param name="file">The configuration that the command line names, or null for the default one.</param>
/// <param name="error">Where errors go.</param>
/// <param name="cancellation">Ends a request for a list.</param>
internal sealed class ConfiguredTargets(string? file, TextWriter error, CancellationToken cancellation)
{
    private const int MaxListed = 200; // candidates of a suggestion

    private readonly string _file = file ?? ModuleSource.DefaultConfigFile;

    private bool HasFile => file is not null || File.Exists(_file);

    /// <summary>Every target with every module of it, or with the one of this name; null after an error.</summary>
    public async Task<ProbeSelection?> AllAsync(string? module)
    {
        if (Load("--all has no targets to probe") is not { } loaded)
        {
            return null;
        }

        var listed = await ListAsync(loaded);
        ConfigErrorReport.Write(listed.Errors, error);
        ImmutableArray<TargetConfig> named = [.. listed.Targets.Where(target => module is null || target.Module.Name == module)];
        var targets = named.RemoveAll(static target => target.Module.Prober is ListenProberConfig);
        if (targets.Length < named.Length)
        {
            var first = named.First(target => target.Module.Prober is ListenProberConfig);
            await error.WriteLineAsync($"zmq_exporter: left out: {Quoted.Plain(first.Name)}{(named.Length - targets.Length > 1 ? " and others" : "")}, which {ListenProberConfig.OnlyListener}");
        }

        return !targets.IsEmpty ? new ProbeSelection(targets, AreNamed: true, IsIncomplete: !listed.Errors.IsEmpty)
            : Refuse(module is null || listed.Targets.IsEmpty
                ? $"{_file} has no targets"
                : $"no target in {_file} has a module {Quoted.Text(module)}; {Suggestion.Remedy(module, Modules(listed.Targets), "modules of targets")}");
    }

    /// <summary>The target of this name, or those with this endpoint, with every module or with the one of this name; null after an error.</summary>
    public async Task<ProbeSelection?> FindAsync(string name, string? module)
    {
        if (LooksLikeEndpoint(name) && !HasFile)
        {
            return Refuse(Complaint(name));
        }

        if (Load($"{Quoted.Text(name)} is not an endpoint, which is written tcp://host:port, and to find a target of that name a configuration is needed") is not { } loaded)
        {
            return null;
        }

        // Lists from elsewhere are read, and URLs asked, only for a name that the configuration itself does not have.
        var found = IsEndpoint(name) ? [] : Find(loaded.Config!.Targets, name);
        if (found.IsEmpty)
        {
            var listed = await ListAsync(loaded);
            found = Find(listed.Targets, name);
            if (found.IsEmpty)
            {
                ConfigErrorReport.Write(listed.Errors, error);
                return Refuse(Missing(name, listed));
            }
        }

        ImmutableArray<TargetConfig> chosen = [.. found.Where(target => module is null || target.Module.Name == module)];
        return chosen.IsEmpty
            ? Refuse($"target {Quoted.Text(name)} has no module {Quoted.Text(module!)}; {Suggestion.Remedy(module!, Modules(found), "its modules")}{OfEndpoint(loaded.Config!, found[0], module!)}")
            : new ProbeSelection(chosen, AreNamed: true);
    }

    private static string OfEndpoint(ExporterConfig config, TargetConfig target, string module) => config.FindModule(module) is null
        ? ""
        : $"; to try {Quoted.Plain(module)} there all the same: zmq_exporter probe {target.Endpoint} --module {Quoted.Plain(module)}";

    private static ImmutableArray<TargetConfig> Find(IEnumerable<TargetConfig> targets, string name)
    {
        var all = targets.ToList();
        ImmutableArray<TargetConfig> named = [.. all.Where(target => target.Name == name)];
        return named.IsEmpty ? [.. all.Where(target => target.Endpoint.ToString() == name)] : named;
    }

    private static ImmutableArray<string> Modules(IEnumerable<TargetConfig> targets) =>
        [.. targets.Select(target => target.Module.Name).Distinct(StringComparer.Ordinal)];

    private string Missing(string name, ListedTargets listed)
    {
        if (IsEndpoint(name) && ZmtpEndpoint.TryParse(name, out _, out _))
        {
            return $"{_file} has no target with the name or the endpoint {Quoted.Text(name)}; to probe it with a module of that file, add --module, and without a configuration leave out --config.file";
        }

        var names = listed.Targets.Select(target => target.Name).Distinct(StringComparer.Ordinal).Take(MaxListed).ToList();
        return LooksLikeEndpoint(name)
            ? Complaint(name)
            : $"{_file} has no target {Quoted.Text(name)}; {Suggestion.Remedy(name, names, "targets")}";
    }

    private static bool IsEndpoint(string name) => name.Contains("://", StringComparison.Ordinal);

    /// <summary>Whether it may be an endpoint without its transport, or with another mistake in it.</summary>
    public static bool LooksLikeEndpoint(string name) => name.AsSpan().IndexOfAny(":/,") >= 0;

    private static string Complaint(string name) =>
        ProbeSelection.EndpointComplaint(name, ZmtpEndpoint.TryParse(name, out _, out var complaint) ? "is not the name of a target" : complaint);

    private ConfigResult? Load(string without)
    {
        if (!HasFile)
        {
            Refuse($"{without}; there is no {_file} here: name one with --config.file");
            return null;
        }

        var result = ConfigLoader.Load(_file);
        if (result.Config is not null)
        {
            return result;
        }

        ConfigErrorReport.Write(result, error);
        return null;
    }

    private Task<ListedTargets> ListAsync(ConfigResult loaded)
    {
        var fetcher = new HttpFetcher(ConfigInputs.System, TimeProvider.System);
        return ListedTargets.OfAllAsync(loaded, ConfigInputs.System, url => fetcher.FetchAsync(url, cancellation));
    }

    private ProbeSelection? Refuse(string problem)
    {
        error.WriteLine($"zmq_exporter: {problem}");
        return null;
    }
}
