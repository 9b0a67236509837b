using System.Globalization;

namespace ZmqExporter.Teaching;

/// <summary>What to expect of a frame of text.</summary>
internal static class TextGuess
{
    private const int MaxText = 64;
    private const int LeastHead = 3;
    private const string Success = "200";

    /// <summary>The entry, or null.</summary>
    /// <param name="column">All of the frame, in each message.</param>
    /// <param name="messages">How many messages there are.</param>
    public static Proposal? Of(Column column, int messages)
    {
        if (column.Origin is not (ColumnOrigin.Text or ColumnOrigin.Start) || !column.IsEverywhere)
        {
            return null;
        }

        if (column.Origin == ColumnOrigin.Start)
        {
            return Beginning(column, messages, column.IsConstant ? column.Seen.First() : column.Seen.Aggregate(Common));
        }

        var (text, keys) = (column.Seen.First(), column.Place.Keys);
        if (column.IsEcho)
        {
            return column.IsConstant && TestText.EqualTo(DocumentKind.Text, text, isEcho: true) is { } echo
                ? new Proposal($"{{{Place.Join(keys, echo)}}}", $"{column.Shown} brought back the {{token}} that was sent: so a reply is known to be the answer to its request")
                : null;
        }

        var shapes = column.Seen.Select(TextShape.Of).ToList();
        if (shapes.TrueForAll(shape => shape is not null && shape.IsLike(shapes[0]!)) && shapes[0] is { } shape)
        {
            if (!shape.Numbers.IsEmpty && !IsCode(column))
            {
                return new Proposal(
                    $"{{{Place.Join(keys, $"matches: {YamlText.Scalar(shape.Pattern())}")}}}",
                    $"{column.Shown} is a text with {(shape.Numbers.Length == 1 ? "a number" : string.Create(CultureInfo.InvariantCulture, $"{shape.Numbers.Length} numbers"))} in it{Alike(messages)}");
            }

            if (text.Length <= MaxText && TestText.EqualTo(DocumentKind.Text, text) is { } test)
            {
                return new Proposal($"{{{Place.Join(keys, test)}}}", $"{column.Shown} is a short text{StatusGuess.Times(messages)}");
            }
        }

        return Beginning(column, messages, column.Seen.Select(TextShape.Head).Aggregate(Common));
    }

    private static Proposal? Beginning(Column column, int messages, string head)
    {
        head = head.Length <= MaxText ? head : head[..(char.IsHighSurrogate(head[MaxText - 1]) ? MaxText - 1 : MaxText)];
        return head.Trim().Length < LeastHead ? null : new Proposal(
            $"{{{Place.Join(column.Place.Keys, TestText.StartsWith(head))}}}", $"{column.Shown} begins like this{StatusGuess.Times(messages)}; the rest looks as if it changes");
    }

    /// <summary>Whether it is the code of success that many protocols have.</summary>
    public static bool IsCode(Column column) => column is { Origin: ColumnOrigin.Text, IsConstant: true } && column.Seen.First() == Success;

    private static string Alike(int messages) => messages == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", and all {messages} differ in nothing else");

    private static string Common(string a, string b)
    {
        var length = a.AsSpan().CommonPrefixLength(b);
        return a[..(length > 0 && char.IsHighSurrogate(a[length - 1]) ? length - 1 : length)];
    }
}
