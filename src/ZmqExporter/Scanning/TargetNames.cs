using System.Globalization;
using System.Text;

namespace ZmqExporter.Scanning;

/// <summary>Gives targets names that are short, plain and used once. Not thread-safe.</summary>
internal sealed class TargetNames
{
    private const int MaxLength = 48;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The name of an address: after its program, or else its host, with its port or file.</summary>
    public string Of(Candidate candidate)
    {
        var endpoint = candidate.Endpoint;
        var who = candidate.Owners.IsEmpty ? endpoint.SocketPath is null ? endpoint.Host : "" : candidate.Owners[0].Name;
        var where = endpoint.SocketPath is null ? endpoint.Port.ToString(CultureInfo.InvariantCulture) : Path.GetFileName(endpoint.Host.TrimStart('@'));
        var name = Plain($"{who}-{where}");
        var unique = name;
        for (var number = 2; !_taken.Add(unique); number++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        }

        return unique;
    }

    private static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var c in text.Length > MaxLength ? text[^MaxLength..] : text)
        {
            var isPlain = char.IsAsciiLetterOrDigit(c) || c is '.' or '_';
            if (isPlain || (plain.Length > 0 && plain[^1] != '-'))
            {
                plain.Append(isPlain ? char.ToLowerInvariant(c) : '-');
            }
        }

        var name = plain.ToString().Trim('-', '.', '_');
        return name.Length == 0 ? "target" : name;
    }
}
