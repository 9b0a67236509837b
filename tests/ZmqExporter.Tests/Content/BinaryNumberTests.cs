using System.Globalization;
using System.Text;
using CsCheck;
using ZmqExporter.Content;

namespace ZmqExporter.Tests.Content;

public sealed class BinaryNumberTests
{
    [Theory]
    [InlineData("uint8", "ff", "255")]
    [InlineData("int8", "ff", "-1")]
    [InlineData("uint16_le", "0100", "1")]
    [InlineData("uint16_be", "0100", "256")]
    [InlineData("int16_be", "fffe", "-2")]
    [InlineData("uint32_le", "ffffffff", "4294967295")]
    [InlineData("int32_le", "00000080", "-2147483648")]
    [InlineData("uint64_be", "ffffffffffffffff", "18446744073709551615")]
    [InlineData("int64_be", "8000000000000000", "-9223372036854775808")]
    [InlineData("float16_be", "3c00", "1")]
    [InlineData("float32_le", "cdcccc3d", "0.1")]
    [InlineData("float32_be", "7fc00000", "NaN")]
    [InlineData("float64_be", "3fb999999999999a", "0.1")]
    [InlineData("float64_le", "000000000000f07f", "Infinity")]
    public void Read_KnownBytes_GivesTheirNumber(string name, string hex, string digits)
    {
        var format = Assert.Single(BinaryNumber.All(), format => format.Name == name);

        Assert.Equal(digits, Read(format, Convert.FromHexString(hex)));
    }

    [Fact]
    public void Read_EveryFormat_AgreesWithBitConverter() => Gen.Byte.Array[8].Sample(bytes =>
    {
        foreach (var format in BinaryNumber.All().Where(format => format.Kind != BinaryKind.Float))
        {
            var own = bytes[..format.Size];
            var little = format.IsBigEndian ? own.Reverse().ToArray() : own;
            object expected = (format.Kind, format.Size) switch
            {
                (BinaryKind.Unsigned, 1) => little[0],
                (BinaryKind.Unsigned, 2) => BitConverter.ToUInt16(little),
                (BinaryKind.Unsigned, 4) => BitConverter.ToUInt32(little),
                (BinaryKind.Unsigned, _) => BitConverter.ToUInt64(little),
                (_, 1) => (sbyte)little[0],
                (_, 2) => BitConverter.ToInt16(little),
                (_, 4) => BitConverter.ToInt32(little),
                _ => BitConverter.ToInt64(little),
            };
            Assert.Equal(Convert.ToString(expected, CultureInfo.InvariantCulture), Read(format, bytes));
        }
    });

    [Fact]
    public void All_Names_AreDistinct() => Assert.Equal(20, BinaryNumber.All().Select(format => format.Name).Distinct(StringComparer.Ordinal).Count());

    private static string Read(BinaryNumber format, byte[] bytes) => Encoding.ASCII.GetString(format.Read(bytes, new ContentBuffer().Next()).Text);
}
