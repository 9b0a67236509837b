namespace Zmtp.Security;

/// <summary>The reasons of ERROR that servers send: the status codes of ZAP (RFC 27).</summary>
internal static class ZapStatus
{
    /// <summary>The reason and what it means.</summary>
    /// <param name="reason">As <see cref="Wire.Command.ErrorReason"/> shows it.</param>
    /// <param name="denied">What it means that access is denied: <see cref="ZmtpSecurity.Denied"/>.</param>
    public static string Describe(string reason, string denied) => reason switch
    {
        "\"300\"" => "ERROR 300: the server's ZAP handler has a temporary problem",
        "\"400\"" => $"ERROR 400: the server's ZAP handler denied access; {denied}",
        "\"500\"" => "ERROR 500: the server's ZAP handler failed",
        _ => $"ERROR {reason}",
    };
}
