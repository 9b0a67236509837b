using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Checks conditions on messages that come frame by frame. Keeps only frames that a condition looks at, within bounds. Not thread-safe.</summary>
internal sealed class MessageInspector(MessageConditions conditions)
{
    private const int MaxMessage = 4 << 20;
    private const int IdleSize = 64 * 1024;

    private readonly List<int> _ends = [];
    private ArrayBufferWriter<byte> _block = new();
    private string? _tooLong;
    private bool _isCut;

    /// <summary>The numbers of the acceptable messages; null when none are wanted.</summary>
    public LatestValues? Values { get; } = conditions.Values is null ? null : new LatestValues();

    /// <summary>What was wrong with the last message, or null.</summary>
    public string? LastProblem { get; private set; }

    /// <summary>Takes the next frame of a message.</summary>
    public void Add(int number, ReadOnlySpan<byte> head, int length)
    {
        if (number == 0)
        {
            Clear();
        }

        if (number < conditions.Inspected.Length && conditions.Inspected[number] > 0)
        {
            if (length > conditions.Inspected[number] || _block.WrittenCount + length > MaxMessage)
            {
                _isCut = true;
                _tooLong ??= !conditions.Checked.Contains(number) ? null : string.Create(CultureInfo.InvariantCulture, $"frame {number} has {length} bytes, which is too long to check");
            }
            else
            {
                _block.Write(head[..length]);
            }
        }

        _ends.Add(_block.WrittenCount);
    }

    /// <summary>Judges the message.</summary>
    /// <param name="unixMilliseconds">The time.</param>
    /// <returns>What does not hold, in words, or null.</returns>
    public string? End(long unixMilliseconds)
    {
        var problem = _tooLong;
        if (problem is null)
        {
            var message = ZmtpMessage.FromBlock(_block.WrittenSpan, CollectionsMarshal.AsSpan(_ends));
            _ = conditions.Check.Judge(message, new ProbeVariables(default, Sequence: 0, unixMilliseconds), out problem);
            if (problem is null && conditions.Values is not null && !_isCut)
            {
                Values!.Add(conditions.Values.Read(message));
            }
        }

        LastProblem = problem;
        if (_block.Capacity > IdleSize)
        {
            _block = new ArrayBufferWriter<byte>(); // one large message must not cost its memory forever
        }

        return problem;
    }

    /// <summary>Forgets what has come of a message.</summary>
    public void Clear()
    {
        _block.ResetWrittenCount();
        _ends.Clear();
        _tooLong = null;
        _isCut = false;
    }
}
