using System.Text;
using CsCheck;
using ZmqExporter.Probing;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Tests.Probing;

public sealed class PasswordMaskTests
{
    private const string Password = "hunter22";

    // The ways to say a password, and what of each is the password's alone.
    private static readonly (string Name, Func<byte[], byte[], byte[], string> Say, Func<byte[], byte[], string> Secret)[] Encodings =
    [
        ("as it is", (before, password, after) => Excerpt.Escape([.. before, .. password, .. after]), (_, password) => Excerpt.Escape(password)),
        ("reversed", (before, password, after) => Excerpt.Escape([.. before, .. password.Reverse(), .. after]), (_, password) => Excerpt.Escape([.. password.Reverse()])),
        ("base64", (before, password, after) => Convert.ToBase64String([.. before, .. password, .. after]), (before, password) => Core(before.Length, password)),
        ("base64 without padding", (before, password, after) => Convert.ToBase64String([.. before, .. password, .. after]).TrimEnd('='), (before, password) => Core(before.Length, password)),
        ("base64 for URLs", (before, password, after) => ForUrls(Convert.ToBase64String([.. before, .. password, .. after])), (before, password) => ForUrls(Core(before.Length, password))),
        ("hex", (before, password, after) => Convert.ToHexStringLower([.. before, .. password, .. after]), (_, password) => Convert.ToHexStringLower(password)),
        ("HEX", (before, password, after) => Convert.ToHexString([.. before, .. password, .. after]), (_, password) => Convert.ToHexString(password)),
        ("hex with spaces", (before, password, after) => Separated(" ", before, password, after), (_, password) => Separated(" ", password)),
        ("hex with colons", (before, password, after) => Separated(":", before, password, after), (_, password) => Separated(":", password)),
        ("hex with \\x", (before, password, after) => Separated("\\x", before, password, after), (_, password) => Separated("\\x", password)),
        ("hex with escaped \\x", (before, password, after) => Separated("\\\\x", before, password, after), (_, password) => Separated("\\\\x", password)),
        ("hex with 0x and commas", (before, password, after) => Separated(", 0x", before, password, after), (_, password) => Separated(", 0x", password)),
        ("percent", (before, password, after) => Separated("%", before, password, after), (_, password) => Separated("%", password)),
        ("\\u of JSON", (before, password, after) => Separated("\\u00", before, password, after), (_, password) => Separated("\\u00", password)),
    ];

    private static readonly Gen<byte[]> Neighbours = Gen.Byte.Array[0, 12];
    private static readonly Gen<string> Passwords = Gen.String[Gen.Char["abcdefgh0123456789 /+=-_\"\\%:{}äß€"], 4, 40];

    public static TheoryData<string> Names => [.. Encodings.Select(encoding => encoding.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_AnyPasswordAmongAnything_IsNotInTheTextAnyMore(string name)
    {
        var (_, say, secret) = Encodings.Single(encoding => encoding.Name == name);
        Gen.Select(Passwords, Neighbours, Neighbours).Sample((password, before, after) =>
        {
            var bytes = Encoding.UTF8.GetBytes(password);
            var text = $"it was \"{say(before, bytes, after)}\", so no";
            var masked = PasswordMask.For(password)!.Apply(text);
            Assert.Contains(PasswordMask.Replacement, masked, StringComparison.Ordinal);
            Assert.DoesNotContain(secret(before, bytes), masked, StringComparison.Ordinal);
            Assert.StartsWith("it was \"", masked, StringComparison.Ordinal);
            Assert.EndsWith("\", so no", masked, StringComparison.Ordinal);
        });
    }

    // An excerpt ends after so many bytes, wherever that is.
    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_CutAnywhere_LeavesNoMoreThanHalfOfIt(string name)
    {
        var (_, say, secret) = Encodings.Single(encoding => encoding.Name == name);
        foreach (var password in new[] { "hunt", "hunte", Password, "a-rather-long-password-with-more-bytes-than-an-excerpt-shows" })
        {
            var mask = PasswordMask.For(password)!;
            var bytes = Encoding.UTF8.GetBytes(password);
            var half = bytes.Length / 2;
            for (var before = 0; before < 48; before++)
            {
                var neighbour = Encoding.ASCII.GetBytes(new string('~', before));
                var most = secret(neighbour, name == "reversed" ? bytes[(bytes.Length - half - 1)..] : bytes[..(half + 1)]);
                var masked = mask.Apply(Excerpt.Of(Encoding.ASCII.GetBytes(say(neighbour, bytes, "~~~~"u8.ToArray()))));
                Assert.DoesNotContain(most, masked.Replace("\\\\", "\\", StringComparison.Ordinal), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("user:hunter22", "dXNlcj<password>")] // the last bits of the colon and the first ones of the password share a character
    [InlineData("hunter22", "<password>")]
    [InlineData("\0u\0hunter22 ", "AHUA<password>g")]
    public void Apply_Base64_MasksTheCharactersThatShareBitsToo(string said, string expected) =>
        Assert.Equal(expected, PasswordMask.For(Password)!.Apply(Convert.ToBase64String(Encoding.ASCII.GetBytes(said))));

    [Theory]
    [InlineData("password", "the password is password", "the <password> is <password>")]
    [InlineData("pass", "<password>", "<<password>word>")]
    [InlineData("p@ss word", "?password=p%40ss%20word&", "?password=<password>&")]
    [InlineData(Password, "aHVud\\r\\n GVyMjI=", "<password>")] // lines of base64
    [InlineData(Password, "68 75 6e 74          65 72 32 32", "68 75 6e 74          65 72 32 32")] // more than a gap: two texts
    [InlineData("aaaa", "aaaaaaaaaa", "<password><password>aa")]
    public void Apply_TextOfItsOwnKind_IsMaskedOnce(string password, string text, string expected) =>
        Assert.Equal(expected, PasswordMask.For(password)!.Apply(text));

    [Fact]
    public void Apply_TextsWithoutIt_AreLeftAlone()
    {
        var mask = PasswordMask.For(Password)!;
        string[] texts = ["", "no reply within 2 s", "frame 0 is \"\\x00\\x01…\" instead of \"pong\"", "hunter2", "68756e7465723", "aHVudGVyM", "hunt er22"];

        Assert.All(texts, text => Assert.Same(text, mask.Apply(text)));
    }

    [Theory]
    [InlineData("abc", true)]
    [InlineData("äb", true)] // three bytes
    [InlineData("äö", false)] // four
    public void For_TooShort_IsNoMask(string password, bool isNone) => Assert.Equal(isNone, PasswordMask.For(password) is null);

    [Theory]
    [InlineData("it said hunter22", "", "it said <password>", "")]
    [InlineData("", "the old one said hunter22", "", "the old one said <password>")]
    public void Apply_Result_MasksEachOfItsTexts(string detail, string found, string maskedDetail, string maskedFound)
    {
        var masked = PasswordMask.For(Password)!.Apply(new ProbeResult { Outcome = ProbeOutcome.Late, Detail = detail, Found = found });

        Assert.Equal((maskedDetail, maskedFound), (masked.Detail, masked.Found));
    }

    [Fact]
    public void Apply_Message_MasksEachFrameAndKeepsWhatHasItNot()
    {
        var mask = PasswordMask.For("pässwört")!;
        var message = ZmtpMessage.FromFrames("plain \xc3\xbc \x00"u8.ToArray(), Encoding.UTF8.GetBytes("<pässwört>"), "cMOkc3N3w7ZydA=="u8.ToArray(), [0, 255, 7]);

        var masked = mask.Apply(message);

        Assert.Equal(4, masked.FrameCount);
        Assert.Equal(message[0].ToArray(), masked[0].ToArray());
        Assert.Equal("<<password>>", Encoding.UTF8.GetString(masked[1]));
        Assert.Equal("<password>", Encoding.UTF8.GetString(masked[2]));
        Assert.Equal([0, 255, 7], masked[3].ToArray());
        Assert.Same(masked, mask.Apply(masked));
    }

    // What is shown of a frame is 48 bytes: the mask looks at more than enough for that, and at no more.
    [Fact]
    public void Apply_HugeFrame_ShowsAnExcerptWithoutThePassword()
    {
        var mask = PasswordMask.For(Password)!;
        var frame = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("68 : 75 : 6e : 74 : 65 : 72 : 32 : 32 : ", 50_000)));

        var shown = Excerpt.Of(mask.Apply(ZmtpMessage.FromFrames(frame))[0]);

        Assert.EndsWith("…\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("68", shown, StringComparison.Ordinal);
    }

    private static string Core(int offset, byte[] password)
    {
        var text = Convert.ToBase64String([.. new byte[offset], .. password, 0, 0]);
        return text[(((offset * 8) + 5) / 6)..((offset + password.Length) * 8 / 6)];
    }

    private static string ForUrls(string base64) => base64.Replace('+', '-').Replace('/', '_');

    private static string Separated(string separator, params byte[][] parts) =>
        string.Join(separator, parts.SelectMany(part => part).Select(b => Convert.ToHexStringLower([b])));
}
