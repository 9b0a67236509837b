using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using ZmqExporter.Scanning;
using Zmtp.Looking;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter discover</c>: finds the ZeroMQ sockets of this host, or at addresses, and writes a configuration for them.</summary>
internal static class DiscoverCommand
{
    private const string Proc = "/proc";

    // A scan that takes longer says so before.
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(10);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var flags = new DiscoverFlags();
        var command = new Command("discover", "Find the ZeroMQ servers of this host, or at addresses, by greeting alone, and make a configuration for them");
        flags.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var file = parsed.GetValue(flags.File) is { } path ? new ConfigFile(path, parsed.GetValue(flags.Force)) : null;
            if (file?.Problem() is { } problem)
            {
                await error.WriteLineAsync($"zmq_exporter: {problem}");
                return ExitCode.Failed;
            }

            var (candidates, failure) = Candidates(flags.Read(parsed).Candidates, parsed.GetValue(flags.Processes) ?? [], flags.MostOf(parsed), error);
            if (failure is not null)
            {
                await error.WriteLineAsync($"zmq_exporter: {failure}");
                return ExitCode.Failed;
            }

            var look = new LookOptions();
            look = parsed.GetValue(flags.Timeout) is { } timeout ? look with { Timeout = timeout } : look;
            var sightings = await ScanAsync(candidates, new Scanner(flags.RateOf(parsed), look, TimeProvider.System), error, cancellation);
            Print(sightings, parsed.GetValue(flags.Config), parsed.GetValue(flags.Json), output);
            return await WriteAsync(file, sightings, error);
        });
        return command;
    }

    private static async Task<ImmutableArray<Sighting>> ScanAsync(ImmutableArray<Candidate> candidates, Scanner scanner, TextWriter error, CancellationToken cancellation)
    {
        var longest = scanner.Longest(candidates.Length);
        if (longest > Noticeable)
        {
            await error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"zmq_exporter: looking at {candidates.Length} addresses, for up to {longest.TotalSeconds:0} s; --rate makes it faster"));
        }

        return await scanner.ScanAsync(candidates, cancellation);
    }

    private static void Print(ImmutableArray<Sighting> sightings, bool asConfig, bool asJson, TextWriter output)
    {
        if (asConfig)
        {
            output.Write(FoundConfig.Of(sightings));
        }
        else if (asJson)
        {
            foreach (var sighting in sightings.Where(sighting => sighting.IsListed))
            {
                output.WriteLine(DiscoverJson.Of(sighting).ToLine());
            }
        }
        else
        {
            output.Write(DiscoverTable.Of(sightings));
        }
    }

    private static async Task<int> WriteAsync(ConfigFile? file, ImmutableArray<Sighting> sightings, TextWriter error)
    {
        if (file is null)
        {
            return ExitCode.Ok;
        }

        var problem = file.Write(FoundConfig.Of(sightings));
        await error.WriteLineAsync(problem is null ? $"{file.Path} is written; read it through, then: zmq_exporter check-config {file.Path}" : $"zmq_exporter: {problem}");
        return problem is null ? ExitCode.Ok : ExitCode.Failed;
    }

    // What to look at, or why that cannot be known.
    private static (ImmutableArray<Candidate> Candidates, string? Failure) Candidates(ImmutableArray<Candidate> named, int[] processes, int most, TextWriter error)
    {
        var sockets = new LocalSockets(Proc);
        try
        {
            var local = sockets.Read(processes);
            if (!named.IsEmpty)
            {
                return ([.. named.Select(candidate => WithOwners(candidate, local))], null);
            }

            if (sockets.HiddenProcesses > 0)
            {
                error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"zmq_exporter: {sockets.HiddenProcesses} processes of other users could not be looked into: for the names of their programs, and to leave out what systemd starts at a connection, run it as root"));
            }

            if (sockets.Unnamed > 0)
            {
                error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"zmq_exporter: {sockets.Unnamed} listening sockets have no address that can be connected to from here, such as a relative path of a process that could not be looked into"));
            }

            return local.Length <= most
                ? (local, null)
                : ([], string.Create(CultureInfo.InvariantCulture, $"{local.Length} sockets listen here, and at most {most} are looked at; name addresses, or raise --max-addresses"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return named.IsEmpty ? ([], "the listening sockets of this host cannot be known, because there is no /proc/net; name addresses") : (named, null);
        }
    }

    private static Candidate WithOwners(Candidate candidate, ImmutableArray<Candidate> local)
    {
        var endpoint = candidate.Endpoint.Host == "localhost" ? string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{candidate.Endpoint.Port}") : candidate.Endpoint.ToString();
        return local.FirstOrDefault(known => known.Endpoint.ToString() == endpoint) is { } found ? candidate with { Owners = found.Owners } : candidate;
    }
}
