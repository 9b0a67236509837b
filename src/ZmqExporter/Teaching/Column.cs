using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Content;

namespace ZmqExporter.Teaching;

/// <summary>What stood at one place in each of some messages. Not changed once all messages are in.</summary>
/// <param name="place">The place.</param>
/// <param name="origin">What kind of place it is.</param>
/// <param name="words">What it is called, for the name of a metric: the names that lead to it.</param>
/// <param name="shown">What it is called for people.</param>
/// <param name="messages">How many messages there are.</param>
internal sealed class Column(Place place, ColumnOrigin origin, ImmutableArray<string> words, string shown, int messages)
{
    /// <summary>What stands for a token.</summary>
    public const string Token = "{token}";

    private readonly string?[] _texts = new string?[messages];
    private readonly DocumentKind[] _kinds = new DocumentKind[messages];
    private int _echoes;

    /// <summary>The place.</summary>
    public Place Place => place;

    /// <summary>What kind of place it is.</summary>
    public ColumnOrigin Origin => origin;

    /// <summary>The names that lead to it.</summary>
    public ImmutableArray<string> Words => words;

    /// <summary>The last of the names, in small letters; empty for none.</summary>
    public string LastWord => words.IsEmpty ? "" : words[^1].ToLowerInvariant();

    /// <summary>What it is called for people.</summary>
    public string Shown => shown;

    /// <summary>Of <see cref="ColumnOrigin.Bytes"/>: which.</summary>
    public ByteRange? Bytes { get; init; }

    /// <summary>What stood there, message by message; null where nothing did.</summary>
    public IReadOnlyList<string?> Texts => _texts;

    /// <summary>What stood there, without the messages in which nothing did.</summary>
    public IEnumerable<string> Seen => _texts.OfType<string>();

    /// <summary>Whether something stood there in each message.</summary>
    public bool IsEverywhere => !_texts.Contains(null);

    /// <summary>Whether it was the same each time.</summary>
    public bool IsConstant => Seen.Distinct(StringComparer.Ordinal).Count() == 1;

    /// <summary>What it was each time; null when it was not the same.</summary>
    public DocumentKind? Kind
    {
        get
        {
            var kinds = _kinds.Where((_, message) => _texts[message] is not null).Distinct().ToList();
            return kinds is [var kind] ? kind : null;
        }
    }

    /// <summary>Whether the token that was sent came back there, each time; it is called <c>{token}</c>.</summary>
    public bool IsEcho => _echoes == messages;

    /// <summary>Notes what stood there.</summary>
    public void Add(int message, DocumentKind kind, string text, bool isEcho = false)
    {
        (_kinds[message], _texts[message]) = (kind, text);
        _echoes += isEcho ? 1 : 0;
    }

    /// <summary>The numbers that stood there; null unless each was one.</summary>
    public ImmutableArray<double>? Numbers()
    {
        var numbers = ImmutableArray.CreateBuilder<double>();
        foreach (var text in Seen)
        {
            if (!NumberText.TryRead(FoundValue.OfText(Encoding.UTF8.GetBytes(text)), out var number))
            {
                return null;
            }

            numbers.Add(number);
        }

        return numbers.Count == 0 ? null : numbers.ToImmutable();
    }

    /// <summary>The whole numbers from 0 on that stood there, message by message; null unless each was one.</summary>
    public ImmutableArray<ulong>? Counts() => IsEverywhere && Seen.All(text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        ? [.. Seen.Select(text => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture))]
        : null;
}

/// <summary>What kind of place a <see cref="Column"/> is about.</summary>
internal enum ColumnOrigin
{
    /// <summary>A value in a document.</summary>
    Document,

    /// <summary>All of a text frame.</summary>
    Text,

    /// <summary>The text before the document in a frame.</summary>
    Start,

    /// <summary>A number in a text frame.</summary>
    TextPart,

    /// <summary>Some bytes of a frame of unknown form: only a guess.</summary>
    Bytes,
}
