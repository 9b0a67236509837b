using System.Text;
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

    [Fact]
    public void Metadata_OfOurs_IsReadBack()
    {
        Assert.True(Metadata.TryParse(Metadata.ForClient(SocketType.Dealer), out var properties));
        Assert.Equal("DEALER", properties["socket-type"]); // names are case-insensitive
        Assert.Equal("", properties["Identity"]);
    }

    [Theory]
    [InlineData("00")] // an empty name
    [InlineData("0141")] // no value length
    [InlineData("01410000000242")] // a value shorter than it says
    [InlineData("0141FFFFFFFF42")]
    [InlineData("0141800000004242")]
    public void Metadata_LengthThatDoesNotFit_IsRefused(string hex) =>
        Assert.False(Metadata.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void Metadata_TooManyProperties_AreRefused()
    {
        var bytes = Enumerable.Range(0, 65).SelectMany(i => PeerBytes.Property($"X-{i}", [])).ToArray();
        Assert.False(Metadata.TryParse(bytes, out _));
    }

    [Fact]
    public void Metadata_HostileText_IsEscapedAndCut()
    {
        Assert.True(Metadata.TryParse([.. PeerBytes.Property("X\n", "a\u001b[2J"u8), .. PeerBytes.Property("Y", Encoding.ASCII.GetBytes(new string('y', 60_000)))], out var properties));
        Assert.Equal("a\\x1b[2J", properties["X\\n"]);
        Assert.Equal(257, properties["Y"].Length);
    }

    [Fact]
    public void Metadata_RandomBytes_NeverThrows() => Gen.Byte.Array[0, 200].Sample(bytes => { _ = Metadata.TryParse(bytes, out _); });

    [Fact]
    public void Check_EveryPairOfTypes_FollowsTheTable()
    {
        // RFC 37, "The socket type property"; symmetric by nature.
        string[] legal =
        [
            "REQ-REP", "REQ-ROUTER", "REP-DEALER", "DEALER-DEALER", "DEALER-ROUTER", "ROUTER-ROUTER",
            "PUB-SUB", "PUB-XSUB", "XPUB-SUB", "XPUB-XSUB", "PUSH-PULL", "PAIR-PAIR",
        ];
        foreach (var ours in Enum.GetValues<SocketType>())
        {
            foreach (var theirs in Enum.GetValues<SocketType>())
            {
                var (a, b) = (SocketTypes.Name(ours), SocketTypes.Name(theirs));
                var isLegal = legal.Contains($"{a}-{b}") || legal.Contains($"{b}-{a}");
                Assert.Equal(isLegal, SocketTypes.Check(ours, b) is null);
            }

            // Every type that a server may have is told what to do about it.
            var other = ours is SocketType.Pull or SocketType.Push ? SocketType.Req : SocketType.Push;
            Assert.Contains("; ", SocketTypes.Check(other, SocketTypes.Name(ours))!.Message, StringComparison.Ordinal);
            Assert.Null(SocketTypes.Check(ours, peer: null));
            Assert.Contains("WOMBAT", SocketTypes.Check(ours, "WOMBAT")!.Message, StringComparison.Ordinal);
        }
    }
}
