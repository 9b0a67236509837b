using System.Collections.Immutable;
using ZmqExporter.Board;
using ZmqExporter.Http.Api;
using ZmqExporter.Policy;

namespace ZmqExporter.Http.Pages;

/// <summary>What a board shows, and the links that change it: all of it is in the URL, so that a view can be shared. Immutable.</summary>
/// <param name="Targets">Which targets.</param>
/// <param name="Group">What they are grouped by: <c>state</c>, <c>module</c>, <c>label.NAME</c>; empty for nothing.</param>
/// <param name="Offset">How many come before the page.</param>
/// <param name="Limit">How many the page has at most.</param>
internal sealed record BoardQuery(TargetQuery Targets, string Group, int Offset, int Limit)
{
    /// <summary>All targets.</summary>
    public static BoardQuery All { get; } = new(TargetQuery.All, "", 0, QueryText.DefaultLimit);

    /// <summary>The words that are searched for.</summary>
    public string Text => string.Join(' ', Targets.Words);

    /// <summary>Whether some targets may be left out.</summary>
    public bool IsFiltered => !(Targets.Words.IsEmpty && Targets.States.IsEmpty && Targets.Modules.IsEmpty && Targets.Labels.IsEmpty);

    /// <summary>What they are grouped by, in words.</summary>
    public string GroupWords => Group[(Group.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary>Whether those with this label are asked for.</summary>
    public bool Has(string label, string value) => Targets.Labels.Contains(KeyValuePair.Create(label, value));

    /// <summary>What is asked for of a label, as a form sends it; empty for nothing.</summary>
    public string LabelText(string label) =>
        Targets.Labels.Where(known => known.Key == label).Select(static known => $"{known.Key}={known.Value}").FirstOrDefault("");

    /// <summary>What a URL asks for.</summary>
    public static BoardQuery Of(QueryText text) => new(text.Targets, text.Values("group").FirstOrDefault(""), text.Offset, text.Limit);

    /// <summary>The first page of those in one state; of any for null.</summary>
    public BoardQuery In(TargetState? state) => Change(Targets with { States = state is { } one ? [one] : [] });

    /// <summary>The first page of those with a label, and with no other value of it.</summary>
    public BoardQuery With(string label, string value) => Change(Targets with
    {
        Labels = [.. Targets.Labels.Where(known => known.Key != label), KeyValuePair.Create(label, value)],
    });

    /// <summary>Each filter with the query that lacks it.</summary>
    public IEnumerable<(string Words, BoardQuery Without)> Filters() =>
    [
        .. Targets.Words.Select(word => ($"“{word}”", Change(Targets with { Words = Targets.Words.Remove(word, StringComparer.Ordinal) }))),
        .. Targets.States.Select(state => ($"state: {state.Label()}", Change(Targets with { States = Targets.States.Remove(state) }))),
        .. Targets.Modules.Select(module => ($"module: {module}", Change(Targets with { Modules = Targets.Modules.Remove(module, StringComparer.Ordinal) }))),
        .. Targets.Labels.Select(label => ($"{label.Key}: {(label.Value.Length > 0 ? label.Value : "none")}", Change(Targets with { Labels = Targets.Labels.Remove(label) }))),
    ];

    /// <summary>Another page of the same targets.</summary>
    public BoardQuery At(int offset) => this with { Offset = offset };

    /// <summary>The link from the board to this view, such as <c>?state=down&amp;label.team=trading</c>.</summary>
    public string Link(string page = "./")
    {
        IEnumerable<(string Name, string Value)> parameters =
        [
            .. Optional("q", Text),
            .. Targets.States.Select(static state => ("state", state.Label())),
            .. Targets.Modules.Select(static module => ("module", module)),
            .. Targets.Labels.Select(static label => ("label." + label.Key, label.Value)),
            .. Optional("group", Group),
            .. Optional("offset", Offset == 0 ? "" : NumberWords.Text($"{Offset}")),
            .. Optional("limit", Limit == QueryText.DefaultLimit ? "" : NumberWords.Text($"{Limit}")),
        ];
        var query = string.Join('&', parameters.Select(static pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}"));
        return query.Length == 0 ? page : $"{page}?{query}";

        static IEnumerable<(string Name, string Value)> Optional(string name, string value) => value.Length == 0 ? [] : [(name, value)];
    }

    private BoardQuery Change(TargetQuery targets) => this with { Targets = targets, Offset = 0 };
}
