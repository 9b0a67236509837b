using Zmtp.Security;

namespace Zmtp.Fuzz;

/// <summary>Whole conversations: whatever the peer sends and however it is cut, the same things happen, and little memory is taken.</summary>
internal static class SessionTargets
{
    private static readonly SocketType[] Types = [SocketType.Req, SocketType.Dealer, SocketType.Sub, SocketType.Pull];

    private static readonly ZmtpSecurity PlainSecurity = ZmtpSecurity.Plain("user", "password");

    /// <summary>A peer of mechanism NULL.</summary>
    public static void Null(ReadOnlySpan<byte> input) => Converse(input, ZmtpSecurity.Null);

    /// <summary>A peer of mechanism PLAIN.</summary>
    public static void Plain(ReadOnlySpan<byte> input) => Converse(input, PlainSecurity);

    /// <summary>What the bits of an input choose.</summary>
    public static ZmtpOptions OptionsOf(byte bits, ZmtpSecurity security) => new()
    {
        SocketType = Types[bits & 3],
        Security = security,
        PeekOnly = (bits & 4) != 0,
        Pings = (bits & 16) == 0,
        MaxMessageSize = (bits & 32) != 0 ? 300 : 1 << 20,
        MaxFrames = (bits & 64) != 0 ? 3 : 1024,
    };

    /// <summary>Whether the bits of an input choose frames, and not messages.</summary>
    public static bool IsByFrame(byte bits) => (bits & 8) != 0;

    /// <summary>Feeds a session to its end, and says what happened.</summary>
    public static string Feed(ZmtpSession session, SessionRecord record, List<byte[]> pieces)
    {
        ZmtpError? error = null;
        foreach (var piece in pieces)
        {
            error ??= session.Receive(piece);
        }

        record.Note($"{session.Stage} {error?.Code}");
        Finding.UnlessFitToShow((error ?? session.EndOfStream()).Message);
        Finding.UnlessFitToShow((error ?? session.HandshakeTimedOut()).Message);
        Finding.Unless(record.Pongs == 0 || !session.OnlyLooks, "a PONG from a session that only looks");
        session.Release();
        return record.Text;
    }

    private static void Converse(ReadOnlySpan<byte> input, ZmtpSecurity security)
    {
        var fuzz = FuzzInput.Parse(input);
        var whole = Run(fuzz.Options, security, [fuzz.Bytes.ToArray()]);
        var cut = Run(fuzz.Options, security, fuzz.Pieces());
        Finding.Unless(whole == cut, $"cuts change the conversation: {whole} / {cut}");
    }

    private static string Run(byte bits, ZmtpSecurity security, List<byte[]> pieces)
    {
        var options = OptionsOf(bits, security);
        var record = new SessionRecord(isByFrame: IsByFrame(bits));
        var session = record.CreateSession(options);
        var before = GC.GetAllocatedBytesForCurrentThread();
        session.Start();
        var text = Feed(session, record, pieces);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var sent = pieces.Sum(piece => piece.Length);
        Finding.Unless(allocated <= (256 * 1024) + (400L * sent), $"{allocated} bytes were allocated for {sent}");
        return text;
    }
}
