using System.Globalization;
using System.Text;

namespace ZmqExporter.Benchmarks.Reloads;

/// <summary>The configuration of the storm, which is another one each time. Half of the targets that stay are in a list beside it.</summary>
internal sealed class ReloadFiles : IDisposable
{
    /// <summary>How the names of targets begin that are the same in each configuration.</summary>
    public const string Stays = "stays-";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zmq_exporter_reloads_");
    private readonly string _endpoint;
    private readonly int _targets;

    public ReloadFiles(string endpoint, int targets)
    {
        (_endpoint, _targets) = (endpoint, targets);
        Write("list.yml", List(""));
        Change(0);
    }

    public string ConfigFile => Path.Combine(_directory.FullName, "zmq_exporter.yml");

    /// <summary>Writes the next configuration, whole and at once.</summary>
    /// <returns>Whether it is a good one.</returns>
    public bool Change(int number)
    {
        const int Kinds = 10;
        var kind = number % Kinds;
        if (kind is 8 or 9)
        {
            Write("list.yml", List(kind == 8 ? $"- targets: ['{_endpoint}']\n  labels: {{__zmq_name__: listed}}\n" : ""));
        }

        Write("zmq_exporter.yml", kind switch
        {
            1 => Config($"  - {{name: comes, endpoint: '{_endpoint}'}}\n", ""),
            3 => Config("", ", interval: 2s"), // the one that changes
            5 => Config("", "", backwards: true),
            6 => "targets: [\n",
            7 => Config($"  - {{name: wrong, endpoint: '{_endpoint}', modules: [no_such]}}\n", ""),
            _ => Config("", ""),
        });
        return kind is not (6 or 7);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string Config(string more, string changes, bool backwards = false)
    {
        var text = new StringBuilder($$$"""
            defaults: {modules: [ping], interval: 1s, timeout: 1s}
            modules:
              ping: {prober: request, send: [ping], expect: [{equals: pong}], policy: {late_after: 500ms}}
            target_files: [list.yml]
            targets:
              - {name: changes, endpoint: '{{{_endpoint}}}'{{{changes}}}}

            """);
        var numbers = Enumerable.Range(0, _targets / 2);
        foreach (var number in backwards ? numbers.Reverse() : numbers)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{name: {Stays}{number}, endpoint: '{_endpoint}'}}\n");
        }

        return text.Append(more).ToString();
    }

    private string List(string more)
    {
        var text = new StringBuilder();
        for (var number = _targets / 2; number < _targets; number++)
        {
            text.Append(CultureInfo.InvariantCulture, $"- targets: ['{_endpoint}']\n  labels: {{__zmq_name__: {Stays}{number}}}\n");
        }

        return text.Append(more).ToString();
    }

    private void Write(string name, string text)
    {
        var next = Path.Combine(_directory.FullName, name + ".new");
        File.WriteAllText(next, text);
        File.Move(next, Path.Combine(_directory.FullName, name), overwrite: true);
    }
}
