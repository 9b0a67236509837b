using System.Collections.Immutable;
using System.Globalization;

namespace ZmqExporter.Cli.Watch;

/// <summary>What <c>watch</c> asks an exporter for: a page of the targets that somebody wants to see. Immutable.</summary>
/// <param name="Words">Search words; empty for all.</param>
/// <param name="States">States; empty for any.</param>
/// <param name="Modules">Modules; empty for any.</param>
/// <param name="Labels">Labels as <c>name=value</c>.</param>
internal sealed record BoardQuestion(string Words, ImmutableArray<string> States, ImmutableArray<string> Modules, ImmutableArray<string> Labels)
{
    private static readonly string[] StateCycle = ["", "down", "down,suspect,degraded,unknown", "up"];

    /// <summary>How many targets come before the page.</summary>
    public int Offset { get; init; }

    /// <summary>The query of the API's URL.</summary>
    /// <param name="limit">How many targets fit.</param>
    public string Query(int limit)
    {
        var parts = new List<string> { string.Create(CultureInfo.InvariantCulture, $"offset={Offset}"), string.Create(CultureInfo.InvariantCulture, $"limit={limit}") };
        Add("q", Words.Length > 0 ? [Words] : []);
        Add("state", States);
        Add("module", Modules);
        foreach (var label in Labels)
        {
            var (name, value) = label.Split('=', 2) is [var key, var text] ? (key, text) : (label, "");
            Add("label." + name, [value]);
        }

        return string.Join('&', parts);

        void Add(string name, IEnumerable<string> values) =>
            parts.AddRange(values.Select(value => $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}"));
    }

    /// <summary>The next of the usual filters by state, from the first page on.</summary>
    public BoardQuestion NextStates()
    {
        var now = Array.IndexOf(StateCycle, string.Join(',', States));
        var next = StateCycle[(now + 1) % StateCycle.Length];
        return this with { States = next.Length == 0 ? [] : [.. next.Split(',')], Offset = 0 };
    }

    /// <summary>Another page, as far as there is one.</summary>
    /// <param name="by">How many targets further; negative for back.</param>
    /// <param name="matched">How many there are.</param>
    public BoardQuestion Moved(int by, int matched) => Offset + by >= matched ? this : this with { Offset = Math.Max(0, Offset + by) };

    /// <summary>What it asks for, in words; empty for all targets.</summary>
    public override string ToString()
    {
        string[] parts =
        [
            .. Words.Length > 0 ? new[] { $"search \"{Words}\"" } : [],
            .. States.IsEmpty ? [] : new[] { string.Join(" or ", States) },
            .. Modules.IsEmpty ? [] : new[] { "module " + string.Join(" or ", Modules) },
            .. Labels,
        ];
        return string.Join(", ", parts);
    }
}
