using System.Collections.Immutable;

namespace ZmqExporter.Scanning;

/// <summary>A process that has a listening socket open.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Command">Its name as the kernel has it: at most 15 bytes.</param>
/// <param name="Arguments">The words of its command line; empty when it could not be read.</param>
internal sealed record ListenerProcess(int Id, string Command, ImmutableArray<string> Arguments)
{
    private const int WordsWithAName = 6;
    private const string OwnName = "zmq_exporter";

    private static readonly string[] Interpreters = ["python", "node", "java", "dotnet", "ruby", "perl", "php", "beam.smp"];

    /// <summary>What people call it: the script or module of an interpreter, else the program.</summary>
    public string Name => IsInterpreter && Script is { } script ? script : Command;

    /// <summary>Whether it is an exporter of ours, whose sockets are no servers to probe; a demo's are.</summary>
    public bool IsExporter => Words.Take(3).Any(word => Stem(word) == OwnName) && !Words.Contains("demo", StringComparer.Ordinal);

    /// <summary>Whether it is systemd, which listens for services that it starts at the first connection.</summary>
    public bool IsSystemd => Command == "systemd";

    /// <summary>Whether it runs on Java.</summary>
    public bool IsJava => Command == "java";

    /// <summary>The words of the command line; a process that has renamed itself has them all in one.</summary>
    public IEnumerable<string> Words => Arguments.SelectMany(argument => argument.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Prepend(Command);

    private bool IsInterpreter => Array.Exists(Interpreters, name => Command.StartsWith(name, StringComparison.Ordinal));

    // What stands among its arguments is what it was told, not what it is; who has renamed himself says it somewhere in his only word.
    private IEnumerable<string> ProgramWords => Arguments.Length == 1 ? Words.Take(WordsWithAName) : [Command, .. Arguments.Take(1), Name];

    private string? Script
    {
        get
        {
            string[] words = [.. Words.Skip(2)];
            if (words.Contains("-c", StringComparer.Ordinal) || words.Contains("-e", StringComparer.Ordinal))
            {
                return null; // the program itself follows
            }

            var module = Array.FindIndex(words, word => word is "-m" or "-jar");
            var script = module >= 0 ? words.ElementAtOrDefault(module + 1) : words.FirstOrDefault(word => !word.StartsWith('-'));
            return script is null ? null : Stem(script);
        }
    }

    /// <summary>Whether it is this program: by its name, its script, or what begins its name.</summary>
    public bool Runs(string program) => ProgramWords.Select(Stem).Any(stem =>
        stem.StartsWith(program, StringComparison.OrdinalIgnoreCase) && (stem.Length == program.Length || stem[program.Length] is '-' or '_' or ':' or '.'));

    private static string Stem(string word)
    {
        var name = word[(word.LastIndexOf('/') + 1)..];
        foreach (var ending in (string[])[".py", ".dll", ".jar", ".js"])
        {
            if (name.EndsWith(ending, StringComparison.Ordinal))
            {
                return name[..^ending.Length];
            }
        }

        return name;
    }
}
