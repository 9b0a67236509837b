using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>As UTF-8 the value matches a regular expression, in which {token} stands for the probe's token. Immutable and thread-safe.</summary>
internal sealed class MatchTest : ValueTest
{
    private const int MostMatched = 16 << 20; // as a text it takes twice as much

    private readonly string _pattern;
    private readonly Regex _regex;
    private readonly ImmutableArray<string> _groups;

    /// <summary>Compiles it.</summary>
    public MatchTest(string pattern)
    {
        _pattern = pattern;
        var parts = pattern.Split("{token}");
        var groups = ImmutableArray.CreateBuilder<string>();
        var regex = new StringBuilder(parts[0]);
        for (var i = 1; i < parts.Length; i++)
        {
            groups.Add(string.Create(CultureInfo.InvariantCulture, $"zmq_exporter_token_{i}"));
            regex.Append(CultureInfo.InvariantCulture, $"(?<{groups[^1]}>{ProbeToken.Pattern})").Append(parts[i]);
        }

        _groups = groups.ToImmutable();

        // Linear time whatever the reply is: a hostile server must not be able to stop a probe thread.
        _regex = new Regex(regex.ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <inheritdoc />
    public override bool HasToken => !_groups.IsEmpty;

    /// <inheritdoc />
    public override string? Check(in FoundValue value, in ProbeVariables variables, out ProbeToken? token)
    {
        token = null;
        if (value.Text.Length > MostMatched)
        {
            return string.Create(CultureInfo.InvariantCulture, $", which has more than {MostMatched >> 20} MiB: too much to match");
        }

        var match = _regex.Match(Encoding.UTF8.GetString(value.Text));
        if (!match.Success)
        {
            return $", which does not match {_pattern}";
        }

        var isMixed = false;
        foreach (var group in _groups)
        {
            if (ProbeToken.TryParse(Encoding.UTF8.GetBytes(match.Groups[group].Value), out var found))
            {
                isMixed |= token is not null && token != found;
                token = ProbeToken.Older(token, found);
            }
        }

        return isMixed ? ", which holds the tokens of two probes" : null;
    }
}
