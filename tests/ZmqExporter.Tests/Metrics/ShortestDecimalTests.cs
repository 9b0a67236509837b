using System.Globalization;
using System.Text;
using CsCheck;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Tests.Metrics;

public sealed class ShortestDecimalTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-3.0, "-3")]
    [InlineData(0.5, "0.5")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(1767323045.123, "1767323045.123")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.0000999, "9.99E-05")]
    [InlineData(-0.25, "-0.25")]
    [InlineData(1e300, "1E+300")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    [InlineData(double.NaN, "NaN")]
    public void Format_Number_IsItsShortest(double value, string expected) => Assert.Equal(expected, Format(value));

    [Fact]
    public void Format_AnyNumber_IsAsDotNetWritesIt() =>
        Gen.OneOf(
            Gen.Double,
            Gen.Const(-0.0),
            Gen.Double[0, 100],
            Gen.Long[0, 1_000_000_000_000_000].Select(ticks => ticks / 1e7),
            Gen.Long[0, 100_000_000].Select(ticks => TimeSpan.FromTicks(ticks).TotalSeconds),
            Gen.Long[0, 4_000_000_000_000].Select(milliseconds => milliseconds / 1000.0),
            Gen.Long[0, 1_000_000_000_000_000].Select(digits => Math.BitIncrement(digits / 1e7)),
            Gen.Long[0, 1_000_000_000_000_000].Select(digits => Math.BitDecrement(digits / 1e3)))
        .Where(double.IsFinite)
        .Sample(
            value => Assert.Equal(value == 0 ? "0" : Whole(value) ?? value.ToString(CultureInfo.InvariantCulture), Format(value)),
            iter: 200_000);

    // Whole numbers that a double holds exactly are written with all their digits.
    private static string? Whole(double value) =>
        Math.Abs(value) < 1L << 53 && double.IsInteger(value) ? ((long)value).ToString(CultureInfo.InvariantCulture) : null;

    private static string Format(double value)
    {
        Span<byte> bytes = stackalloc byte[32];
        return Encoding.UTF8.GetString(bytes[..ShortestDecimal.Format(value, bytes)]);
    }
}
