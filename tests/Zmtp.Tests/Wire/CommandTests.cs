using CsCheck;
using Zmtp.Wire;

namespace Zmtp.Tests.Wire;

public sealed class CommandTests
{
    [Theory]
    [InlineData("0552454144590102", "READY", "0102")]
    [InlineData("0141", "A", "")]
    public void TryParse_ValidBody_IsSplit(string hex, string name, string data)
    {
        Assert.True(Command.TryParse(Convert.FromHexString(hex), out var command));
        Assert.Equal(name, command.ToString());
        Assert.Equal(data, Convert.ToHexString(command.Data));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0041")]
    [InlineData("0241")]
    [InlineData("FF")]
    public void TryParse_NameThatDoesNotFit_IsRefused(string hex) => Assert.False(Command.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void TryParse_MalformedErrorOfLibzmqsPlain_IsAnError()
    {
        Assert.True(Command.TryParse("^RROR\u0003400"u8, out var command));
        Assert.True(command.Is("ERROR"u8));
        Assert.Equal("\"400\"", command.ErrorReason());
    }

    [Theory]
    [InlineData("", "without a reason")]
    [InlineData("00", "\"\"")]
    [InlineData("FF4142", "\"AB\"")] // claims more than there is
    [InlineData("0141420A", "\"A\"")]
    public void ErrorReason_AnyData_IsBounded(string data, string expected)
    {
        byte[] body = [5, .. "ERROR"u8, .. Convert.FromHexString(data)];
        Assert.True(Command.TryParse(body, out var command));
        Assert.Equal(expected, command.ErrorReason());
    }

    [Fact]
    public void TryParse_RandomBytes_NeverThrows() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        if (Command.TryParse(bytes, out var command))
        {
            Assert.InRange(command.ErrorReason().Length, 2, 300);
        }
    });
}
