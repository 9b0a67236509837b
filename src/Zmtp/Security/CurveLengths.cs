using NaCl;

namespace Zmtp.Security;

/// <summary>How long the parts of CURVE's handshake are (RFC 26), without the commands' names.</summary>
internal static class CurveLengths
{
    public const int KeyLength = CurvePublicKey.Length;
    public const int TagLength = XSalsa20Poly1305.TagLength;
    public const int CookieLength = 96;
    public const int VersionLength = 2;
    public const int PaddingLength = 72; // HELLO is longer than WELCOME, so that forged senders gain no amplifier
    public const int SignatureLength = 64;
    public const int HelloLength = VersionLength + PaddingLength + KeyLength + CurveNonce.ShortLength + TagLength + SignatureLength;
    public const int WelcomeLength = CurveNonce.LongLength + TagLength + KeyLength + CookieLength;
    public const int VouchLength = CurveNonce.LongLength + TagLength + KeyLength + KeyLength;

    /// <summary>Of an INITIATE without metadata.</summary>
    public const int LeastInitiateLength = CookieLength + CurveNonce.ShortLength + TagLength + KeyLength + VouchLength;
}
