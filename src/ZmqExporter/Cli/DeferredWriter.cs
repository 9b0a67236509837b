using System.Text;

namespace ZmqExporter.Cli;

/// <summary>A writer that is opened when something is written: an exporter that serves writes nothing, and the writer of a console holds a descriptor.</summary>
/// <param name="open">Gives the writer. Called once at most.</param>
internal sealed class DeferredWriter(Func<TextWriter> open) : TextWriter
{
    private readonly Lazy<TextWriter> _writer = new(open);

    /// <summary>The writer itself, for those who have to know whether it is a terminal's.</summary>
    public static TextWriter Open(TextWriter writer) => writer is DeferredWriter deferred ? deferred._writer.Value : writer;

    /// <inheritdoc />
    public override Encoding Encoding => _writer.Value.Encoding;

    /// <inheritdoc />
    public override void Write(char value) => _writer.Value.Write(value);

    /// <inheritdoc />
    public override void Write(string? value) => _writer.Value.Write(value);

    /// <inheritdoc />
    public override void Write(char[] buffer, int index, int count) => _writer.Value.Write(buffer, index, count);

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<char> buffer) => _writer.Value.Write(buffer);

    /// <inheritdoc />
    public override void Flush()
    {
        if (_writer.IsValueCreated)
        {
            _writer.Value.Flush();
        }
    }
}
