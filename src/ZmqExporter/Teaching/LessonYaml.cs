using System.Collections.Immutable;
using System.Text;

namespace ZmqExporter.Teaching;

/// <summary>Proposals as keys of a module, with the reason for each in a comment above it.</summary>
internal static class LessonYaml
{
    private const int MaxComment = 400;

    /// <summary>The keys.</summary>
    /// <param name="lesson">The proposals.</param>
    /// <param name="indent">What each line begins with.</param>
    /// <param name="expectNote">Why <c>expect</c> cannot stand in this module, which then stands in comments; else null.</param>
    public static string Of(Lesson lesson, string indent, string? expectNote = null)
    {
        var text = new StringBuilder();
        if (expectNote is null)
        {
            AddList(text, "expect", lesson.Expect, indent);
        }
        else if (!lesson.Expect.IsEmpty)
        {
            AddComment(text, expectNote, indent);
            AddList(text, "expect", lesson.Expect, $"{indent}# ");
        }

        AddList(text, "values", lesson.Values, indent);
        AddMapping(text, "sequence", lesson.Sequence, indent);
        AddMapping(text, "sent_at", lesson.SentAt, indent);
        if (lesson.LateAfter is { } late)
        {
            AddComment(text, late.Why, indent);
            text.Append(indent).Append(late.Yaml.Replace("\n", $"\n{indent}", StringComparison.Ordinal)).Append('\n');
        }

        foreach (var note in lesson.Notes)
        {
            AddComment(text, note, indent);
        }

        return text.ToString();
    }

    private static void AddList(StringBuilder text, string key, ImmutableArray<Proposal> proposals, string indent)
    {
        if (proposals.IsEmpty)
        {
            return;
        }

        text.Append(indent).Append(key).Append(":\n");
        foreach (var proposal in proposals)
        {
            AddComment(text, proposal.Why, $"{indent}  ");
            text.Append(indent).Append("  - ").Append(proposal.Yaml).Append('\n');
        }
    }

    private static void AddMapping(StringBuilder text, string key, Proposal? proposal, string indent)
    {
        if (proposal is not null)
        {
            AddComment(text, proposal.Why, indent);
            text.Append(indent).Append(key).Append(": ").Append(proposal.Yaml).Append('\n');
        }
    }

    private static void AddComment(StringBuilder text, string comment, string indent) => text.Append(indent).Append("# ").Append(Printable.Of(comment, MaxComment)).Append('\n');
}
