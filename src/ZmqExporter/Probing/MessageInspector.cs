using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Checks conditions on messages that come frame by frame. Keeps only frames that a condition looks at, within bounds. Not thread-safe.</summary>
internal sealed class MessageInspector(ImmutableArray<ExpectConfig> expects)
{
    private const int MaxFrame = 1 << 20;
    private const int MaxMessage = 4 << 20;
    private const int IdleSize = 64 * 1024;

    private readonly ReplyCheck _check = new(expects);
    private readonly int[] _inspected = Inspected(expects);
    private readonly List<int> _ends = [];
    private ArrayBufferWriter<byte> _block = new();
    private string? _tooLong;

    /// <summary>What was wrong with the last message, or null.</summary>
    public string? LastProblem { get; private set; }

    /// <summary>How many frames have to be told apart.</summary>
    public static int FrameCount(ImmutableArray<ExpectConfig> expects, int atLeast) => Math.Max(atLeast, Inspected(expects).Length);

    /// <summary>Raises the lengths that have to be at hand to what the conditions look at.</summary>
    public static void Mark(ImmutableArray<ExpectConfig> expects, int[] kept) => Inspected(expects).CopyTo(kept, 0);

    /// <summary>Takes the next frame of a message.</summary>
    public void Add(int number, ReadOnlySpan<byte> head, int length)
    {
        if (number == 0)
        {
            Clear();
        }

        if (number < _inspected.Length && _inspected[number] > 0)
        {
            if (length > _inspected[number] || _block.WrittenCount + length > MaxMessage)
            {
                _tooLong ??= string.Create(CultureInfo.InvariantCulture, $"frame {number} has {length} bytes, which is too long to check");
            }
            else
            {
                _block.Write(head[..length]);
            }
        }

        _ends.Add(_block.WrittenCount);
    }

    /// <summary>Judges the message.</summary>
    /// <returns>What does not hold, in words, or null.</returns>
    public string? End()
    {
        var problem = _tooLong;
        if (problem is null)
        {
            _ = _check.Judge(ZmtpMessage.FromBlock(_block.WrittenSpan, CollectionsMarshal.AsSpan(_ends)), default, out problem);
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
    }

    // By frame number: how much of it a condition may look at.
    private static int[] Inspected(ImmutableArray<ExpectConfig> expects)
    {
        var numbers = expects.Select(FrameOf).OfType<int>().ToList();
        var inspected = new int[numbers.Count == 0 ? 0 : numbers.Max() + 1];
        numbers.ForEach(number => inspected[number] = MaxFrame);
        return inspected;
    }

    private static int? FrameOf(ExpectConfig expect) => expect switch
    {
        ExpectConfig.EqualsText text => text.Frame,
        ExpectConfig.EqualsBytes bytes => bytes.Frame,
        ExpectConfig.Matches matches => matches.Frame,
        ExpectConfig.JsonPath json => json.Frame,
        _ => null, // counts frames, whatever is in them
    };
}
