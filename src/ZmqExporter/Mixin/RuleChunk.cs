namespace ZmqExporter.Mixin;

/// <summary>A piece of a rule file as this repository writes them: one rule with the comments above it, or what is between rules.</summary>
internal sealed class RuleChunk
{
    private const string AlertStart = "      - alert: ";
    private const string RecordStart = "      - record: ";
    private const string GroupStart = "  - name: ";

    private RuleChunk(string name, bool isAlert, List<string> lines)
    {
        Name = name;
        IsAlert = isAlert;
        Lines = lines;
    }

    /// <summary>The alert or the recorded series; empty for what is no rule.</summary>
    public string Name { get; }

    /// <summary>Whether it is an alert.</summary>
    public bool IsAlert { get; }

    /// <summary>Its lines.</summary>
    public List<string> Lines { get; }

    /// <summary>Cuts a rule file into its pieces, which together are its text again.</summary>
    public static List<RuleChunk> Cut(string text)
    {
        var chunks = new List<RuleChunk> { new("", isAlert: false, []) };
        foreach (var line in text.Split('\n'))
        {
            var isAlert = line.StartsWith(AlertStart, StringComparison.Ordinal);
            if (isAlert || line.StartsWith(RecordStart, StringComparison.Ordinal))
            {
                chunks.Add(new(line[(isAlert ? AlertStart : RecordStart).Length..], isAlert, TakeComments(chunks[^1].Lines, "      #")));
            }
            else if (line.StartsWith(GroupStart, StringComparison.Ordinal))
            {
                chunks.Add(new("", isAlert: false, TakeComments(chunks[^1].Lines, "  #")));
            }

            chunks[^1].Lines.Add(line);
        }

        return chunks;
    }

    /// <summary>Puts pieces together; a group that has lost all its rules has an empty list.</summary>
    public static string Join(IEnumerable<RuleChunk> chunks)
    {
        var lines = new List<string>();
        foreach (var chunk in chunks)
        {
            var isFirst = lines.Count > 0 && lines[^1] == "    rules:";
            if (isFirst && chunk.Name.Length == 0)
            {
                lines[^1] += " []";
            }

            lines.AddRange(isFirst && chunk.Name.Length > 0 ? chunk.Lines.SkipWhile(line => line.Length == 0) : chunk.Lines);
        }

        if (lines[^1] == "    rules:")
        {
            lines[^1] += " []";
        }

        return string.Join('\n', lines).TrimEnd('\n') + "\n";
    }

    // Comments, and the empty line before them, belong to what follows.
    private static List<string> TakeComments(List<string> lines, string comment)
    {
        var first = lines.Count;
        while (first > 0 && lines[first - 1].StartsWith(comment, StringComparison.Ordinal))
        {
            first--;
        }

        first -= first > 0 && lines[first - 1].Length == 0 ? 1 : 0;
        var taken = lines[first..];
        lines.RemoveRange(first, lines.Count - first);
        return taken;
    }
}
