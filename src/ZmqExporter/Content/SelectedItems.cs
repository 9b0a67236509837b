using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ZmqExporter.Content;

/// <summary>The values that a path selected, each as JSON.</summary>
/// <param name="All">The values; none where there is a problem.</param>
/// <param name="Problem">Why it gave up, as <see cref="FoundValue.Problem"/>; else null.</param>
internal readonly record struct SelectedItems(ImmutableArray<byte[]> All, string? Problem)
{
    /// <summary>How many bytes all values of a query may have: what searches may select each value with all that are in it, too.</summary>
    public const int MaxBytes = 4 << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>None, and why.</summary>
    public static SelectedItems None(string problem) => new([], problem);

    /// <summary>Writes values, not more than <see cref="MaxBytes"/> in all.</summary>
    /// <param name="path">What selected them, for the words.</param>
    /// <param name="tokens">The values.</param>
    public static SelectedItems Of(string path, IEnumerable<JToken> tokens)
    {
        var items = ImmutableArray.CreateBuilder<byte[]>();
        var room = MaxBytes;
        try
        {
            foreach (var token in tokens)
            {
                using var bytes = new BoundedStream(room);
                using (var writer = new JsonTextWriter(new StreamWriter(bytes, Utf8)))
                {
                    token.WriteTo(writer);
                }

                items.Add(bytes.ToArray());
                room -= items[^1].Length;
            }
        }
        catch (InvalidDataException)
        {
            return None(string.Create(CultureInfo.InvariantCulture, $", of which {path} selects more than {MaxBytes >> 20} MiB in all: too much"));
        }

        return new SelectedItems(items.ToImmutable(), Problem: null);
    }

    private sealed class BoundedStream(int room) : MemoryStream
    {
        // The base class calls this one for each other way to write.
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > room)
            {
                throw new InvalidDataException();
            }

            base.Write(buffer, offset, count);
        }
    }
}
