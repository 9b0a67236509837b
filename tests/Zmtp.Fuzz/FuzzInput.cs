namespace Zmtp.Fuzz;

/// <summary>
/// How a fuzzer's bytes are read: one byte of options, one with the number of cuts, the length of each piece but the last, and then what
/// the peer sends. A fuzzer can so try other cuts without touching what is sent.
/// </summary>
internal readonly ref struct FuzzInput
{
    private const int MaxCuts = 15;
    private readonly ReadOnlySpan<byte> _cuts;

    private FuzzInput(byte options, ReadOnlySpan<byte> cuts, ReadOnlySpan<byte> bytes)
    {
        Options = options;
        _cuts = cuts;
        Bytes = bytes;
    }

    /// <summary>Each bit is a choice of the target's.</summary>
    public byte Options { get; }

    /// <summary>What the peer sends.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Reads an input; every input is a valid one.</summary>
    public static FuzzInput Parse(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2)
        {
            return new FuzzInput(0, [], []);
        }

        var cuts = Math.Min(input[1] & MaxCuts, input.Length - 2);
        return new FuzzInput(input[0], input.Slice(2, cuts), input[(2 + cuts)..]);
    }

    /// <summary>The bytes in pieces, as a stream may bring them.</summary>
    public List<byte[]> Pieces()
    {
        var pieces = new List<byte[]>(_cuts.Length + 1);
        var rest = Bytes;
        foreach (var cut in _cuts)
        {
            var length = Math.Min((int)cut, rest.Length);
            pieces.Add(rest[..length].ToArray());
            rest = rest[length..];
        }

        pieces.Add(rest.ToArray());
        return pieces;
    }
}
