using System.Text;

namespace TestSupport;

/// <summary>A small strict parser of logfmt.</summary>
internal static class LogfmtParser
{
    /// <summary>The pairs of a line. Anything else than such a line fails.</summary>
    public static (string Key, string Value)[] Parse(string line)
    {
        var pairs = new List<(string, string)>();
        for (var at = 0; at < line.Length; at++)
        {
            var equals = line.IndexOf('=', at);
            Assert.True(equals > at, $"no key at {at} of {line}");
            var key = line[at..equals];
            Assert.Matches("^[a-z_][a-z0-9_]*$", key);
            var value = new StringBuilder();
            at = equals + 1;
            if (at < line.Length && line[at] == '"')
            {
                for (at++; line[at] != '"'; at++)
                {
                    value.Append(line[at] == '\\' ? Unescape(line, ref at) : line[at]);
                }

                at++;
            }
            else
            {
                for (; at < line.Length && line[at] != ' '; at++)
                {
                    value.Append(line[at]);
                }
            }

            Assert.True(at == line.Length || line[at] == ' ', $"no end of a value at {at} of {line}");
            pairs.Add((key, value.ToString()));
        }

        return [.. pairs];
    }

    private static char Unescape(string line, ref int at)
    {
        at++;
        if (line[at] != 'u')
        {
            return line[at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other };
        }

        at += 4;
        return (char)Convert.ToInt32(line[(at - 3)..(at + 1)], 16);
    }
}
