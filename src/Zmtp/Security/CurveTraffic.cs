using System.Buffers;
using System.Buffers.Binary;
using NaCl;
using Zmtp.Wire;

namespace Zmtp.Security;

/// <summary>
/// Everything after CURVE's READY (RFC 26, "MESSAGE"): each frame, be it of a message or a command, travels in a box of its own with
/// the next number. Sending is thread-safe; receiving is for one thread.
/// </summary>
/// <remarks>
/// RFC 26 calls MESSAGE a command, but libzmq and NetMQ send it as an ordinary frame without MORE. So do we, and accept either.
/// </remarks>
internal sealed class CurveTraffic(Curve25519XSalsa20Poly1305 box, ulong ourNonce, ulong peerNonce)
{
    /// <summary>How much longer than its content a frame's body is.</summary>
    public const int Overhead = HeaderLength + TagLength + FlagsLength;

    /// <summary>How much work a frame is, where one in clear is 1 (<see cref="ZmtpSession.TakeWork"/>).</summary>
    public const int Work = 10;

    private const int NameLength = 8; // with its own length
    private const int HeaderLength = NameLength + CurveNonce.ShortLength;
    private const int TagLength = XSalsa20Poly1305.TagLength;
    private const int FlagsLength = 1;
    private const byte More = 1;
    private const byte IsACommand = 2;

    private readonly Lock _lock = new(); // the box computes in fields of its own, and numbers must go out in their order
    private ulong _ourNonce = ourNonce;
    private ulong _peerNonce = peerNonce;
    private bool _isReleased;

    private static ReadOnlySpan<byte> Name => "\x07MESSAGE"u8;

    /// <summary>Sends a message.</summary>
    /// <param name="output">Where to; must not wait for anybody who sends, because it is called under a lock.</param>
    /// <param name="message">The frames.</param>
    /// <param name="delimited">Whether an empty frame goes first (a REQ's, RFC 28).</param>
    public void Send(ISessionOutput output, ZmtpMessage message, bool delimited)
    {
        var size = delimited ? SizeFor(0) : 0;
        for (var i = 0; i < message.FrameCount; i++)
        {
            size += SizeFor(message[i].Length);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(size);
        lock (_lock)
        {
            if (!_isReleased)
            {
                var written = delimited ? WriteNeedsLock(buffer, More, []) : 0;
                for (var i = 0; i < message.FrameCount; i++)
                {
                    written += WriteNeedsLock(buffer.AsSpan(written), i < message.FrameCount - 1 ? More : (byte)0, message[i]);
                }

                output.Send(buffer.AsSpan(0, written));
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Sends a command: its body in a box that says so, as libzmq 4.3.3 and newer do.</summary>
    public void SendCommand(ISessionOutput output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var length = 1 + name.Length + data.Length;
        var body = ArrayPool<byte>.Shared.Rent(length);
        body[0] = (byte)name.Length;
        name.CopyTo(body.AsSpan(1));
        data.CopyTo(body.AsSpan(1 + name.Length));

        var buffer = ArrayPool<byte>.Shared.Rent(SizeFor(length));
        lock (_lock)
        {
            if (!_isReleased)
            {
                output.Send(buffer.AsSpan(0, WriteNeedsLock(buffer, IsACommand, body.AsSpan(0, length))));
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        ArrayPool<byte>.Shared.Return(body);
    }

    /// <summary>Opens a frame of the peer's.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="content">Takes the content; at least as long as the body.</param>
    /// <param name="opened">What was in it.</param>
    /// <returns>What the peer did wrong, or null.</returns>
    public ZmtpError? Open(ReadOnlySpan<byte> body, Span<byte> content, out Opened opened)
    {
        opened = default;
        if (body.Length < Overhead || !body.StartsWith(Name))
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer sent a frame that is no CURVE MESSAGE: {Excerpt.Of(body)}");
        }

        var number = BinaryPrimitives.ReadUInt64BigEndian(body[NameLength..]);
        if (number <= _peerNonce)
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer sent a CURVE MESSAGE with the number {number} after {_peerNonce}: it is a repetition, or not in order");
        }

        Span<byte> nonce = stackalloc byte[CurveNonce.Length];
        CurveNonce.Join(nonce, CurveNonce.MessageFromServer, body.Slice(NameLength, CurveNonce.ShortLength));
        content = content[..(body.Length - HeaderLength - TagLength)];
        bool isGenuine;
        lock (_lock)
        {
            isGenuine = !_isReleased && box.TryDecrypt(content, body[HeaderLength..], nonce);
        }

        if (!isGenuine)
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, "the peer sent a CURVE MESSAGE that does not open: it was changed on its way, or is not the peer's");
        }

        _peerNonce = number;
        var flags = content[0];
        if (flags is not (0 or More or IsACommand))
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer sent a CURVE MESSAGE with the flags 0x{flags:x2}, which RFC 26 does not have");
        }

        opened = new Opened(flags == IsACommand, flags == More, content.Length - FlagsLength);
        return null;
    }

    /// <summary>Wipes the keys. Whoever sends afterwards sends nothing.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _isReleased = true;
            box.Dispose();
        }
    }

    private static int SizeFor(int length) => FrameHeader.SizeFor(length + Overhead) + length + Overhead;

    private int WriteNeedsLock(Span<byte> target, byte flags, ReadOnlySpan<byte> content)
    {
        var length = content.Length + Overhead;
        var written = FrameHeader.Write(target, length, more: false, command: false);
        var body = target.Slice(written, length);
        Name.CopyTo(body);
        Span<byte> nonce = stackalloc byte[CurveNonce.Length];
        CurveNonce.Join(nonce, CurveNonce.MessageFromClient, ++_ourNonce, body[NameLength..]);

        // Encrypted where it stands: no copy of the content is left behind in a pooled buffer.
        var plain = body[(HeaderLength + TagLength)..];
        plain[0] = flags;
        content.CopyTo(plain[FlagsLength..]);
        box.Encrypt(body[HeaderLength..], plain, nonce);
        return written + length;
    }

    /// <summary>What was in a box.</summary>
    /// <param name="IsCommand">Whether it is the body of a command.</param>
    /// <param name="IsMore">Whether further frames of the same message follow.</param>
    /// <param name="Length">How long it is; it starts at <see cref="ContentStart"/>.</param>
    internal readonly record struct Opened(bool IsCommand, bool IsMore, int Length)
    {
        /// <summary>Where it starts in what <see cref="Open"/> has filled.</summary>
        public const int ContentStart = FlagsLength;
    }
}
