using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using ZmqExporter.Board;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;

namespace ZmqExporter.Http.Api;

/// <summary>Reads what a URL asks for: the board and the API share its parameters, so that a view of the one is a question to the other.</summary>
internal sealed class QueryText
{
    /// <summary>How many targets or events are in an answer unless the question says otherwise.</summary>
    public const int DefaultLimit = 100;

    /// <summary>How many at most.</summary>
    public const int MostLimit = 1000;

    /// <summary>How many characters a parameter has at most.</summary>
    public const int MostText = 200;

    private const int MostValues = 50;
    private const int MostWords = 10;
    private const string LabelPrefix = "label.";

    private readonly IQueryCollection _query;

    private QueryText(IQueryCollection query) => _query = query;

    /// <summary>What is wrong with it, and how to mend it; null when nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Which targets.</summary>
    public TargetQuery Targets { get; private set; } = TargetQuery.All;

    /// <summary>How many come before the page.</summary>
    public int Offset { get; private set; }

    /// <summary>How many the page has at most.</summary>
    public int Limit { get; private set; }

    /// <summary>
    /// Reads the parameters <c>q</c>, <c>state</c>, <c>module</c>, <c>label.NAME</c>, <c>offset</c> and <c>limit</c>. Others are left to whoever
    /// knows them. <c>label=NAME=VALUE</c> is the form for HTML forms, which cannot leave an empty parameter out.
    /// </summary>
    /// <param name="query">The URL's query.</param>
    public static QueryText Read(IQueryCollection query)
    {
        var text = new QueryText(query);
        text.Offset = text.Number("offset", 0, int.MaxValue, 0);
        text.Limit = text.Number("limit", 1, MostLimit, DefaultLimit);
        text.Targets = new TargetQuery(
            text.Words(),
            [.. text.Values("state").SelectMany(static states => states.Split(',')).Select(text.State)],
            [.. text.Values("module")],
            [.. query.Keys.Where(static key => key.StartsWith(LabelPrefix, StringComparison.Ordinal))
                .SelectMany(key => text.Values(key, mayBeEmpty: true).Select(value => KeyValuePair.Create(key[LabelPrefix.Length..], value))),
                .. text.Values("label").Select(text.Label)]);
        return text;
    }

    /// <summary>A whole number.</summary>
    public int Number(string name, int least, int most, int byDefault) => (int)Number(name, least, most, (long)byDefault);

    /// <summary>A whole number.</summary>
    public long Number(string name, long least, long most, long byDefault)
    {
        if (Values(name) is not [var text])
        {
            return byDefault;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Problem ??= string.Create(CultureInfo.InvariantCulture, $"{name}={Quoted.Text(text)} is not a whole number between {least} and {most}");
        return byDefault;
    }

    /// <summary>The values of a parameter, without empty ones unless those say something.</summary>
    public ImmutableArray<string> Values(string name, bool mayBeEmpty = false)
    {
        var values = _query[name];
        if (values.Count > MostValues || values.Any(static value => value?.Length > MostText))
        {
            Problem ??= string.Create(CultureInfo.InvariantCulture, $"{Quoted.Text(name.Length > MostText ? name[..MostText] : name)} is too long: at most {MostValues} values of {MostText} characters");
            return [];
        }

        return [.. values.OfType<string>().Where(value => mayBeEmpty || value.Length > 0)];
    }

    private KeyValuePair<string, string> Label(string text)
    {
        var end = text.IndexOf('=', StringComparison.Ordinal);
        if (end > 0)
        {
            return KeyValuePair.Create(text[..end], text[(end + 1)..]);
        }

        Problem ??= $"label={Quoted.Text(text)} is not NAME=VALUE";
        return KeyValuePair.Create(text, "");
    }

    private ImmutableArray<string> Words()
    {
        string[] words = [.. Values("q").SelectMany(static words => words.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (words.Length > MostWords)
        {
            Problem ??= string.Create(CultureInfo.InvariantCulture, $"q has {words.Length} words: at most {MostWords}");
            return [];
        }

        return [.. words];
    }

    private TargetState State(string label)
    {
        if (EnumLabels<TargetState>.Parse(label) is { } state)
        {
            return state;
        }

        Problem ??= $"state={Quoted.Text(label)} is none of {string.Join(", ", EnumLabels<TargetState>.All)}";
        return default;
    }
}
