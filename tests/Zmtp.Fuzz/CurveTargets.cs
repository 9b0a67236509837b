using Zmtp.Security;
using Zmtp.Wire;

namespace Zmtp.Fuzz;

/// <summary>CURVE, with a server that holds the right keys, so that what a fuzzer writes also gets inside of the boxes.</summary>
internal static class CurveTargets
{
    private static readonly CurveKeyPair ServerKeys = CurveKeyPair.Generate();
    private static readonly CurveKeyPair ClientKeys = CurveKeyPair.Generate();
    private static readonly byte[] RepMetadata = [11, .. "Socket-Type"u8, 0, 0, 0, 3, .. "REP"u8];

    /// <summary>
    /// Raw bytes after the greeting, WELCOME or READY: bits 6 and 7 say how far the handshake has come. In the second-last stage they are
    /// the properties in a READY that opens.
    /// </summary>
    public static void Handshake(ReadOnlySpan<byte> input)
    {
        var fuzz = FuzzInput.Parse(input);
        var (session, record, server) = Greet(fuzz.Options & 0x3F);
        var pieces = fuzz.Pieces();
        var stage = fuzz.Options >> 6;
        if (stage > 0)
        {
            Send(session, server.Welcome(record.Commands.Dequeue()), isCommand: true);
        }

        if (stage > 1)
        {
            pieces = [Frame(server.Ready(record.Commands.Dequeue(), stage == 2 ? fuzz.Bytes.ToArray() : RepMetadata), isCommand: true), .. stage == 2 ? [] : pieces];
        }

        SessionTargets.Feed(session, record, pieces);
    }

    /// <summary>Boxes that open: each is one byte of flags, one of its content's length, and the content.</summary>
    public static void Traffic(ReadOnlySpan<byte> input)
    {
        var fuzz = FuzzInput.Parse(input);
        var (session, record, server) = Greet(fuzz.Options);
        Send(session, server.Welcome(record.Commands.Dequeue()), isCommand: true);
        Send(session, server.Ready(record.Commands.Dequeue(), RepMetadata), isCommand: true);
        var rest = fuzz.Bytes;
        var frames = new List<byte[]>();
        while (rest.Length >= 2)
        {
            var length = Math.Min(rest[1], rest.Length - 2);
            frames.Add(Frame(server.Message((byte)(rest[0] & 0x7F), rest.Slice(2, length)), isCommand: (rest[0] & 0x80) != 0));
            rest = rest[(2 + length)..];
        }

        SessionTargets.Feed(session, record, frames);
    }

    private static (ZmtpSession Session, SessionRecord Record, CurveServer Server) Greet(int bits)
    {
        var options = SessionTargets.OptionsOf((byte)bits, ZmtpSecurity.Curve(ServerKeys.PublicKey, ClientKeys)) with
        {
            SocketType = (bits & 1) != 0 ? SocketType.Req : SocketType.Dealer,
        };
        var record = new SessionRecord(isEncrypted: true, SessionTargets.IsByFrame((byte)bits));
        var session = record.CreateSession(options);
        session.Start();
        var greeting = new byte[Wire.Greeting.Length];
        Wire.Greeting.Write(greeting, "CURVE");
        greeting[7] = 0; // with our own padding it would be our greeting, sent back
        Finding.Unless(session.Receive(greeting) is null, "a good greeting is refused");
        return (session, record, new CurveServer { Keys = ServerKeys });
    }

    private static void Send(ZmtpSession session, byte[] body, bool isCommand) =>
        Finding.Unless(session.Receive(Frame(body, isCommand)) is null, "a good handshake is refused");

    private static byte[] Frame(byte[] body, bool isCommand)
    {
        var frame = new byte[FrameHeader.MaxSize + body.Length];
        var header = FrameHeader.Write(frame, body.Length, more: false, isCommand);
        body.CopyTo(frame, header);
        return frame[..(header + body.Length)];
    }
}
