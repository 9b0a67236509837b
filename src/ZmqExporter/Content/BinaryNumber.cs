using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace ZmqExporter.Content;

/// <summary>How a number of a fixed number of bytes is written. Immutable; equal by its fields.</summary>
/// <param name="Kind">Signed, unsigned or floating.</param>
/// <param name="Size">1, 2, 4 or 8 bytes.</param>
/// <param name="IsBigEndian">Whether the most significant byte comes first.</param>
internal sealed record BinaryNumber(BinaryKind Kind, int Size, bool IsBigEndian)
{
    private const int MaxDigits = 40;

    /// <summary>As the configuration writes it: <c>uint32_le</c>.</summary>
    public string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"{Kind switch { BinaryKind.Signed => "int", BinaryKind.Unsigned => "uint", _ => "float" }}{8 * Size}{(Size == 1 ? "" : IsBigEndian ? "_be" : "_le")}");

    /// <summary>All of them, in the order of their names' sizes.</summary>
    public static IEnumerable<BinaryNumber> All()
    {
        foreach (var kind in (BinaryKind[])[BinaryKind.Unsigned, BinaryKind.Signed, BinaryKind.Float])
        {
            for (var size = kind == BinaryKind.Float ? 2 : 1; size <= 8; size *= 2)
            {
                yield return new BinaryNumber(kind, size, IsBigEndian: false);
                if (size > 1)
                {
                    yield return new BinaryNumber(kind, size, IsBigEndian: true);
                }
            }
        }
    }

    /// <summary>Reads a number.</summary>
    /// <param name="bytes">At least <see cref="Size"/> of them.</param>
    /// <param name="output">Takes its decimal digits.</param>
    public FoundValue Read(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output)
    {
        var bits = BitsOf(bytes[..Size]);
        var target = output.GetSpan(MaxDigits);
        var written = 0;
        if (Kind == BinaryKind.Float)
        {
            var number = Size switch
            {
                2 => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
                4 => BitConverter.UInt32BitsToSingle((uint)bits),
                _ => BitConverter.UInt64BitsToDouble(bits),
            };
            if (Size == 4 && double.IsFinite(number))
            {
                _ = ((float)number).TryFormat(target, out written, "R", CultureInfo.InvariantCulture); // 0.1, and not 0.10000000149011612
            }
            else
            {
                _ = number.TryFormat(target, out written, "R", CultureInfo.InvariantCulture);
            }
        }
        else if (Kind == BinaryKind.Unsigned)
        {
            _ = bits.TryFormat(target, out written, default, CultureInfo.InvariantCulture);
        }
        else
        {
            var shift = 64 - (8 * Size);
            _ = ((long)(bits << shift) >> shift).TryFormat(target, out written, default, CultureInfo.InvariantCulture);
        }

        output.Advance(written);
        return FoundValue.OfNumber(output.WrittenSpan);
    }

    /// <summary>Writes the bits of a number, or those of them that there is room for.</summary>
    /// <param name="bits">The number as it is in 64 bits.</param>
    /// <param name="target">At least <see cref="Size"/> bytes.</param>
    public void Write(ulong bits, Span<byte> target)
    {
        for (var i = 0; i < Size; i++)
        {
            target[IsBigEndian ? Size - 1 - i : i] = (byte)(bits >> (8 * i));
        }
    }

    /// <summary>The bits of a number.</summary>
    /// <param name="text">The number.</param>
    /// <param name="bits">For <see cref="Write"/>.</param>
    /// <returns>False when it is none, or does not fit.</returns>
    public bool TryParse(string text, out ulong bits)
    {
        bits = 0;
        switch (Kind)
        {
            case BinaryKind.Unsigned:
                return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bits) && (Size == 8 || bits >> (8 * Size) == 0);
            case BinaryKind.Signed:
                var most = long.MaxValue >> (64 - (8 * Size));
                var isWhole = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
                bits = (ulong)number;
                return isWhole && number <= most && number >= ~most;
            default:
                var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real);
                bits = Size switch
                {
                    2 => BitConverter.HalfToUInt16Bits((Half)real),
                    4 => BitConverter.SingleToUInt32Bits((float)real),
                    _ => BitConverter.DoubleToUInt64Bits(real),
                };
                return isNumber;
        }
    }

    private ulong BitsOf(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        1 => bytes[0],
        2 => IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        4 => IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        8 => IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        _ => throw new SwitchExpressionException(bytes.Length),
    };
}

/// <summary>What the bits of a <see cref="BinaryNumber"/> are.</summary>
internal enum BinaryKind
{
    /// <summary>A whole number, zero or more.</summary>
    Unsigned,

    /// <summary>A whole number, two's complement.</summary>
    Signed,

    /// <summary>IEEE 754.</summary>
    Float,
}
