using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Teaching;

namespace ZmqExporter.Scanning;

/// <summary>
/// A configuration with what was found: targets that can be probed at once, those that need a decision behind <c>#</c>, and the rest in
/// comments. Prose has a blank behind its <c>#</c>, a line to be used has none.
/// </summary>
internal sealed class FoundConfig
{
    private const int MaxComment = 300;
    private const string PlaceOfServerKey = "PUT-THE-40-CHARACTERS-OF-THE-SERVERS-KEY";

    private readonly StringBuilder _text = new();
    private readonly List<(Sighting Sighting, ModuleChoice Choice, string Name)> _found = [];
    private readonly List<Sighting> _others = [];

    private FoundConfig(ImmutableArray<Sighting> sightings)
    {
        var names = new TargetNames();
        foreach (var sighting in sightings.Where(sighting => sighting.IsListed))
        {
            if (ModuleChooser.Choose(sighting) is { } choice)
            {
                _found.Add((sighting, choice, names.Of(sighting.Candidate)));
            }
            else
            {
                _others.Add(sighting);
            }
        }
    }

    /// <summary>The file's text.</summary>
    public static string Of(ImmutableArray<Sighting> sightings)
    {
        var config = new FoundConfig(sightings);
        config.AddHead();
        config.AddModules();
        config.AddTargets();
        config.AddOthers();
        return config._text.ToString();
    }

    private void AddHead()
    {
        var ready = _found.Count(found => found.Choice.Obstacle is null);
        Add("", $"Made by zmq_exporter discover. Targets: {ready}, to be decided: {_found.Count - ready}, no ZeroMQ: {_others.Count}.");
        Add("", "Every address was looked at by greeting alone. Read it through: what was seen and what is to decide stands above each target.");
        Add("", "A handshake says that the process lives, and nothing of its application: zmq_exporter modules lists modules that ask, zmq_exporter probe --send tries a question.");
        Add("", "Lines that begin with # and no blank are to be used, without the #, as soon as what stands above them is decided.");
    }

    private void AddModules()
    {
        var needed = HandshakeModule.All.Where(module => _found.Exists(found => found.Choice.Module == module.Name)).ToList();
        var secured = _found.Where(found => found.Choice.Security is not null).ToList();
        if (needed.Count == 0 && secured.Count == 0)
        {
            return;
        }

        _text.Append(needed.Count == 0 ? "\n#modules:\n" : "\nmodules:\n");
        foreach (var module in needed)
        {
            _text.Append(CultureInfo.InvariantCulture, $"  {module.Name}: {{extends: {HandshakeModule.Transport}, socket: {module.Socket}}} # for {string.Join(" and ", module.PeerTypes)}\n");
        }

        foreach (var (_, choice, name) in secured)
        {
            AddSecured(choice, name);
        }
    }

    private void AddSecured(ModuleChoice choice, string name)
    {
        if (choice.Security == "curve")
        {
            Add("  ", "Or server_public_key_file. With client_secret_key_file, a key that the server lets in; without it, a key that no server knows.");
        }

        var secrets = choice.Security == "curve"
            ? $"server_public_key: {PlaceOfServerKey}"
            : "username: PUT-THE-NAME-HERE, password_file: PUT-THE-PATH-OF-A-FILE-WITH-THE-PASSWORD-HERE";
        _text.Append(CultureInfo.InvariantCulture, $"  #{ModuleOf(choice, name)}: {{extends: {choice.Module}, security: {{mechanism: {choice.Security}, {secrets}}}}}\n");
    }

    private void AddTargets()
    {
        _text.Append(_found.Exists(found => found.Choice.Obstacle is null) ? "\ntargets:\n" : "\ntargets: [] # without the brackets as soon as one of these is used\n");
        foreach (var (sighting, choice, name) in _found)
        {
            Add("  ", Seen(sighting));
            if (sighting.Look?.Peer?.Metadata.Where(pair => pair.Value.Length > 0).Select(pair => $"{pair.Key}={pair.Value}").ToList() is { Count: > 0 } metadata)
            {
                Add("  ", $"It says of itself: {string.Join(", ", metadata)}");
            }

            Add("  ", $"{choice.Module}: {choice.Why}.");
            if (choice.Obstacle is { } obstacle)
            {
                Add("  ", $"To decide: {obstacle}.");
            }

            foreach (var note in choice.Notes)
            {
                Add("  ", $"{char.ToUpperInvariant(note[0])}{note[1..]}.");
            }

            var sign = choice.Obstacle is null ? "" : "#";
            _text.Append(CultureInfo.InvariantCulture, $"  {sign}- {{name: {YamlText.Scalar(name)}, endpoint: {YamlText.Scalar(sighting.Candidate.Endpoint.ToString())}, ")
                .Append(CultureInfo.InvariantCulture, $"modules: [{ModuleOf(choice, name)}]}}\n");
        }
    }

    private void AddOthers()
    {
        if (_others.Count > 0)
        {
            _text.Append('\n');
            Add("", "No ZeroMQ, or not to be known:");
            foreach (var sighting in _others)
            {
                Add("", $"  {Seen(sighting)}{(sighting.Identity.Detail.Length == 0 ? "" : $" ({sighting.Identity.Detail})")}");
            }
        }
    }

    private static string ModuleOf(ModuleChoice choice, string name) => choice.Security is null ? choice.Module : YamlText.Scalar($"{name}_{choice.Security}");

    private static string Seen(Sighting sighting)
    {
        var type = sighting.Look?.Peer?.SocketType is { } told ? $", {told}" : "";
        return $"{sighting.Candidate.Endpoint}{ScanWords.Program(sighting.Candidate, " of ")}: {sighting.Identity.Words}{type}";
    }

    private void Add(string indent, string comment) => _text.Append(indent).Append("# ").Append(Printable.Of(comment, MaxComment)).Append('\n');
}
