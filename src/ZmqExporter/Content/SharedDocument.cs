using System.Collections.Immutable;

namespace ZmqExporter.Content;

/// <summary>
/// A document in a frame into which several sources look: unpacked and read once for all of them. Allocates nothing for a message. Not
/// thread-safe.
/// </summary>
/// <param name="source">One of the sources: they differ in nothing but the path.</param>
/// <param name="paths">Their paths, all plain.</param>
/// <param name="tree">These paths.</param>
internal sealed class SharedDocument(MessageSource source, ImmutableArray<JsonPath> paths, PathTree tree)
{
    private readonly JsonPlace[] _places = new JsonPlace[paths.Length];
    private readonly ContentBuffer _buffer = new();
    private State _state;
    private string _problem = "";
    private FoundKind _kind;

    // Where the document is: in the frame itself, or in what the buffer gave last.
    private bool _isInFrame;
    private int _start;
    private int _length;

    private enum State
    {
        /// <summary>Nobody has looked.</summary>
        Unread,

        /// <summary>The places are known.</summary>
        Read,

        /// <summary>It is no JSON, nor what becomes JSON.</summary>
        NotJson,

        /// <summary>There is none.</summary>
        Nothing,
    }

    /// <summary>Another frame comes.</summary>
    public void Forget() => _state = State.Unread;

    /// <summary>Finds a value.</summary>
    /// <param name="path">The number of its path.</param>
    /// <param name="frame">All of the frame: the same in each call until the next <see cref="Forget"/>.</param>
    /// <param name="buffer">Takes a text that is escaped in the JSON.</param>
    public FoundValue Find(int path, ReadOnlySpan<byte> frame, ContentBuffer buffer)
    {
        if (_state == State.Unread)
        {
            Read(frame);
        }

        if (_state == State.Nothing)
        {
            return FoundValue.Nothing(_problem, _kind);
        }

        var document = (_isInFrame ? frame : _buffer.Current.WrittenSpan).Slice(_start, _length);
        return _state == State.NotJson ? JsonPath.NotJson(document) : paths[path].At(document, _places[path], buffer);
    }

    private void Read(ReadOnlySpan<byte> frame)
    {
        var document = source.FindDocument(frame, _buffer);
        if (!document.Exists)
        {
            (_state, _problem, _kind) = (State.Nothing, document.Problem!, document.Kind);
            return;
        }

        _isInFrame = frame.Overlaps(document.Text, out _start);
        if (!_isInFrame)
        {
            _ = _buffer.Current.WrittenSpan.Overlaps(document.Text, out _start);
        }

        _length = document.Text.Length;
        _state = tree.TryFollow(document.Text, _places) ? State.Read : State.NotJson;
    }
}
