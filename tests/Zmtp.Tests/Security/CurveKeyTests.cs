using Zmtp.Security;

namespace Zmtp.Tests.Security;

public sealed class CurveKeyTests
{
    // The pairs of zmq_curve_keypair(3); libzmq's zmq_curve_public() derives the same.
    [Theory]
    [InlineData("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7")]
    [InlineData("D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs", "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID")]
    public void PublicKey_OfAKnownSecretKey_IsTheKnownOne(string secretKey, string publicKey)
    {
        Assert.True(CurveKeyPair.TryParse(secretKey, out var pair, out _));

        Assert.Equal(publicKey, pair.PublicKey.ToString());
        Assert.Equal(secretKey, pair.ExportSecretKey());
        Assert.True(CurvePublicKey.TryParse(publicKey, out var parsed, out _));
        Assert.Equal(parsed, pair.PublicKey);
    }

    [Theory]
    [InlineData("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf", "has 39 characters, and a CURVE key in Z85 has 40")]
    [InlineData("", "has 0 characters, and a CURVE key in Z85 has 40")]
    [InlineData("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf~", "is not Z85: character 40 is none of its alphabet")]
    [InlineData("#####>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", "is not Z85: five of its characters stand for more than 32 bits")]
    public void TryParse_BadText_SaysWhatIsWrongAndShowsNothing(string text, string problem)
    {
        Assert.False(CurvePublicKey.TryParse(text, out _, out var ofPublic));
        Assert.False(CurveKeyPair.TryParse(text, out _, out var ofSecret));

        Assert.Equal(problem, ofPublic);
        Assert.Equal(problem, ofSecret);
    }

    [Fact]
    public void TryParse_PointOfLowOrder_IsNoPublicKey()
    {
        Assert.False(CurvePublicKey.TryParse(new string('0', CurvePublicKey.TextLength), out _, out var problem));
        Assert.Contains("nothing would be encrypted", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_Twice_GivesDifferentPairsThatNoTextShows()
    {
        var pair = CurveKeyPair.Generate();

        Assert.NotEqual(pair, CurveKeyPair.Generate());
        Assert.DoesNotContain(pair.ExportSecretKey(), pair.ToString(), StringComparison.Ordinal);
        Assert.Equal("CURVE", ZmtpSecurity.Curve(pair.PublicKey, pair).ToString());
    }
}
