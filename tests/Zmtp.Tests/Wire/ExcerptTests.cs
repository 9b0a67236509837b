using System.Text;
using Zmtp.Wire;

namespace Zmtp.Tests.Wire;

public sealed class ExcerptTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(47)]
    [InlineData(48)]
    public void Of_UpTo48Bytes_IsTheWholeInQuotes(int length)
    {
        var text = Text(length);
        Assert.Equal($"\"{text}\"", Excerpt.Of(Encoding.ASCII.GetBytes(text)));
    }

    [Theory]
    [InlineData(49)]
    [InlineData(100_000)]
    public void Of_More_IsTheFirst48AndAnEllipsis(int length) =>
        Assert.Equal($"\"{Text(48)}…\"", Excerpt.Of(Encoding.ASCII.GetBytes(Text(length))));

    [Theory]
    [InlineData("61620D0A", """ab\r\n""")]
    [InlineData("2261225C62", """\"a\"\\b""")]
    [InlineData("001F207E7F80FF09", """\x00\x1f ~\x7f\x80\xff\x09""")]
    [InlineData("C3A4", """\xc3\xa4""")]
    public void Escape_AllButPrintableAscii_IsEscaped(string hex, string expected)
    {
        Assert.Equal(expected, Excerpt.Escape(Convert.FromHexString(hex)));
        Assert.Equal($"\"{expected}\"", Excerpt.Of(Convert.FromHexString(hex)));
    }

    private static string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));
}
