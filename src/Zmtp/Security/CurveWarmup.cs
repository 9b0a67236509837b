using NaCl;
using Zmtp.Wire;

namespace Zmtp.Security;

/// <summary>
/// CURVE from HELLO to a message each way, with itself and without I/O. .NET compiles code when it first runs, and for CURVE that takes
/// longer than the computation: without this, the first handshake would measure the compiler. Thread-safe.
/// </summary>
public static class CurveWarmup
{
    private const int Times = 4; // the first one compiles, the others give the runtime what it needs to compile the loops better
    private const int KeyLength = CurvePublicKey.Length;
    private const int CookieLength = 96;
    private const int ShortPublicStart = 2 + 72; // in HELLO: behind version and padding
    private const int TagLength = XSalsa20Poly1305.TagLength;

    /// <summary>Runs it: some tens of milliseconds the first time.</summary>
    /// <returns>Whether all of it ran; false is a bug.</returns>
    public static bool Run()
    {
        var (server, client) = (CurveKeyPair.Generate(), CurveKeyPair.Generate());
        return Enumerable.Range(0, Times).All(_ => Run(server, client));
    }

    private static bool Run(CurveKeyPair server, CurveKeyPair client)
    {
        var output = new Output();
        using var mechanism = new CurveClient(server.PublicKey, client);
        mechanism.Start([], output);
        var shortClient = output.Command.AsSpan(ShortPublicStart, KeyLength);
        using var helloBox = new Curve25519XSalsa20Poly1305(server.Secret, shortClient);
        var shortServer = CurveKeyPair.Generate();
        using var box = new Curve25519XSalsa20Poly1305(shortServer.Secret, shortClient);

        byte[] welcome = [.. shortServer.PublicKey.Bytes, .. new byte[CookieLength]];
        if (!Take(mechanism, output, "\x07WELCOME"u8, CurveNonce.Welcome, new byte[CurveNonce.LongLength], helloBox, welcome)
            || !Take(mechanism, output, "\x05READY"u8, CurveNonce.Ready, One, box, []))
        {
            return false;
        }

        var traffic = mechanism.TakeTraffic();
        traffic.Send(output, ZmtpMessage.FromText("warmup"), delimited: true);
        var message = Seal("\x07MESSAGE"u8, CurveNonce.MessageFromServer, Two, box, [0, .. "warmup"u8]);
        var error = traffic.Open(isCommand: false, isMore: false, message, output);
        traffic.Release();
        return error is null;
    }

    private static ReadOnlySpan<byte> One => [0, 0, 0, 0, 0, 0, 0, 1];

    private static ReadOnlySpan<byte> Two => [0, 0, 0, 0, 0, 0, 0, 2];

    private static bool Take(
        CurveClient mechanism,
        Output output,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> prefix,
        ReadOnlySpan<byte> number,
        Curve25519XSalsa20Poly1305 box,
        ReadOnlySpan<byte> content) =>
        Command.TryParse(Seal(name, prefix, number, box, content), out var command) && mechanism.OnCommand(command, [], output) is null;

    private static byte[] Seal(
        ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> number, Curve25519XSalsa20Poly1305 box, ReadOnlySpan<byte> content)
    {
        Span<byte> nonce = stackalloc byte[CurveNonce.Length];
        CurveNonce.Join(nonce, prefix, number);
        var sealedContent = new byte[TagLength + content.Length];
        box.Encrypt(sealedContent, content, nonce);
        return [.. name, .. number, .. sealedContent];
    }

    /// <summary>Keeps the last command.</summary>
    private sealed class Output : ISecurityOutput, IByteOutput, IContentSink
    {
        public byte[] Command { get; private set; } = [];

        public void SendCommand(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => Command = data.ToArray();

        public void TakePeerMetadata(ReadOnlySpan<byte> metadata)
        {
        }

        public void Send(ReadOnlySpan<byte> bytes)
        {
        }

        public int MaxContentLength(bool isCommand) => int.MaxValue;

        public ZmtpError? OnContent(bool isCommand, bool isMore, ReadOnlySpan<byte> content) => null;
    }
}
