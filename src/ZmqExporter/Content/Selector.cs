using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ZmqExporter.Content;

/// <summary>Which part of a frame; one subtype a kind. Immutable and thread-safe.</summary>
internal abstract class Selector
{
    /// <summary>The whole of it.</summary>
    public static Selector All { get; } = new Whole();

    /// <summary>Whether it has to make something of all bytes to find it.</summary>
    public virtual bool LooksInto => true;

    /// <summary>What it finds, as the subject of a sentence: <c>$.status</c>.</summary>
    /// <param name="place">What it looks into: "frame 0".</param>
    public abstract string Describe(string place);

    /// <summary>Finds it.</summary>
    public abstract FoundValue Find(ReadOnlySpan<byte> bytes, ContentBuffer buffer);

    /// <summary>The document that it looks into, as JSON that nobody has read yet; only where there is one.</summary>
    public virtual FoundValue FindDocument(ReadOnlySpan<byte> bytes, ContentBuffer buffer) => throw new NotSupportedException();

    private sealed class Whole : Selector
    {
        public override bool LooksInto => false;

        public override string Describe(string place) => place;

        public override FoundValue Find(ReadOnlySpan<byte> bytes, ContentBuffer buffer) => FoundValue.OfText(bytes);
    }

    /// <summary>A number of some bytes.</summary>
    /// <param name="offset">How many bytes before it.</param>
    /// <param name="format">How it is written.</param>
    internal sealed class Number(int offset, BinaryNumber format) : Selector
    {
        /// <inheritdoc />
        public override bool LooksInto => false;

        /// <inheritdoc />
        public override string Describe(string place) => string.Create(CultureInfo.InvariantCulture, $"the {format.Name} at byte {offset} of {place}");

        /// <inheritdoc />
        public override FoundValue Find(ReadOnlySpan<byte> bytes, ContentBuffer buffer) => bytes.Length - offset < format.Size
            ? FoundValue.Nothing(string.Create(CultureInfo.InvariantCulture, $", which has no {format.Name} at byte {offset}"), FoundKind.Missing)
            : format.Read(bytes[offset..], buffer.Next());
    }

    /// <summary>A value in JSON.</summary>
    internal sealed class Json(JsonPath path) : Selector
    {
        /// <inheritdoc />
        public override string Describe(string place) => path.ToString();

        /// <inheritdoc />
        public override FoundValue Find(ReadOnlySpan<byte> bytes, ContentBuffer buffer) => path.Select(bytes, buffer);

        /// <inheritdoc />
        public override FoundValue FindDocument(ReadOnlySpan<byte> bytes, ContentBuffer buffer) => FoundValue.OfOther(bytes);
    }

    /// <summary>A value in MessagePack or CBOR.</summary>
    /// <param name="format">Which of the two.</param>
    /// <param name="path">The path.</param>
    /// <param name="marksBytes">Whether bytes are told from texts: see <see cref="MarkedBytes"/>.</param>
    internal sealed class Binary(DocumentFormat format, JsonPath path, bool marksBytes = false) : Selector
    {
        /// <inheritdoc />
        public override string Describe(string place) => path.ToString();

        /// <inheritdoc />
        public override FoundValue Find(ReadOnlySpan<byte> bytes, ContentBuffer buffer)
        {
            var document = FindDocument(bytes, buffer);
            return document.Exists ? path.Select(document.Text, buffer) : document;
        }

        /// <inheritdoc />
        public override FoundValue FindDocument(ReadOnlySpan<byte> bytes, ContentBuffer buffer)
        {
            var json = buffer.Next();
            var isRead = format == DocumentFormat.MessagePack ? MessagePackText.TryWrite(bytes, json, marksBytes) : CborText.TryWrite(bytes, json, marksBytes);
            return isRead
                ? FoundValue.OfOther(json.WrittenSpan)
                : FoundValue.Nothing(format == DocumentFormat.MessagePack ? ", which is not MessagePack" : ", which is not CBOR");
        }
    }

    /// <summary>The first group of a regular expression.</summary>
    /// <param name="pattern">With a group.</param>
    internal sealed class Group(string pattern) : Selector
    {
        // Linear time whatever the reply is: a hostile server must not be able to stop a probe thread.
        private readonly Regex _regex = new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

        /// <inheritdoc />
        public override string Describe(string place) => $"the group of {pattern} in {place}";

        /// <inheritdoc />
        public override FoundValue Find(ReadOnlySpan<byte> bytes, ContentBuffer buffer)
        {
            var group = _regex.Match(Encoding.UTF8.GetString(bytes)).Groups[1];
            if (!group.Success)
            {
                return FoundValue.Nothing($", which does not match {pattern}", FoundKind.Missing);
            }

            var output = buffer.Next();
            output.Advance(Encoding.UTF8.GetBytes(group.ValueSpan, output.GetSpan(Encoding.UTF8.GetMaxByteCount(group.Length))));
            return FoundValue.OfText(output.WrittenSpan);
        }
    }
}

/// <summary>Formats with values in values.</summary>
internal enum DocumentFormat
{
    /// <summary>RFC 8259.</summary>
    Json,

    /// <summary>MessagePack.</summary>
    MessagePack,

    /// <summary>RFC 8949.</summary>
    Cbor,
}
