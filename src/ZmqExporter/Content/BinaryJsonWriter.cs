using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace ZmqExporter.Content;

/// <summary>Writes as JSON what binary formats have and JSON has not. Not thread-safe.</summary>
internal sealed class BinaryJsonWriter : IDisposable
{
    private const int MaxDepth = 64;

    [ThreadStatic]
    private static Utf8JsonWriter? t_idle;

    private readonly bool _marksBytes;

    /// <param name="output">Takes the JSON.</param>
    /// <param name="marksBytes">Whether bytes are told from texts: see <see cref="MarkedBytes"/>.</param>
    public BinaryJsonWriter(IBufferWriter<byte> output, bool marksBytes = false)
    {
        _marksBytes = marksBytes;
        Writer = t_idle ?? new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        t_idle = null;
        Writer.Reset(output);
    }

    /// <summary>For what JSON has as well. Names may come twice.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>Ends what would overflow the stack.</summary>
    /// <exception cref="InvalidOperationException">The value is nested too deeply.</exception>
    public static void CheckDepth(int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidOperationException("nested too deeply");
        }
    }

    /// <summary>Bytes as text: as UTF-8 where they are, in base64 else.</summary>
    public void WriteText(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            Writer.WriteStringValue(bytes);
        }
        else
        {
            Writer.WriteBase64StringValue(bytes);
        }
    }

    /// <summary>Bytes that were no text where they come from.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (_marksBytes)
        {
            Writer.WriteStringValue(MarkedBytes.Write(bytes));
        }
        else
        {
            WriteText(bytes);
        }
    }

    /// <summary>The name of a value in a map.</summary>
    public void WriteName(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            Writer.WritePropertyName(bytes);
        }
        else
        {
            Writer.WritePropertyName(Convert.ToBase64String(bytes));
        }
    }

    /// <summary>A name that is a number.</summary>
    public void WriteName<T>(T number)
        where T : IFormattable => Writer.WritePropertyName(number.ToString(null, CultureInfo.InvariantCulture));

    /// <summary>A number; what JSON has no spelling for becomes a text.</summary>
    /// <param name="number">The number.</param>
    /// <param name="isSingle">Whether it has 32 bits: then 0.1 is 0.1.</param>
    public void WriteNumber(double number, bool isSingle)
    {
        if (!double.IsFinite(number))
        {
            Writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
        }
        else if (isSingle)
        {
            Writer.WriteNumberValue((float)number);
        }
        else
        {
            Writer.WriteNumberValue(number);
        }
    }

    /// <summary>A number in JSON's own spelling.</summary>
    public void WriteRaw(string number) => Writer.WriteRawValue(number, skipInputValidation: true);

    /// <summary>Hands everything to the output.</summary>
    public void Flush() => Writer.Flush();

    /// <summary>Leaves what it writes with to the next one on this thread.</summary>
    public void Dispose()
    {
        Writer.Reset(Nobody.Instance);
        t_idle = Writer;
    }

    /// <summary>Nothing is written to it.</summary>
    private sealed class Nobody : IBufferWriter<byte>
    {
        public static Nobody Instance { get; } = new();

        public void Advance(int count) => throw new NotSupportedException();

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

        public Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();
    }
}
