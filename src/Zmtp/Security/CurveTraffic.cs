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
/// <param name="box">Of the two short-term keys.</param>
/// <param name="ourNonce">Our last number.</param>
/// <param name="peerNonce">The peer's last number.</param>
/// <param name="isServer">Whether we are the server, whose boxes have another prefix.</param>
internal sealed class CurveTraffic(Curve25519XSalsa20Poly1305 box, ulong ourNonce, ulong peerNonce, bool isServer = false) : ITraffic
{
    /// <summary>How much longer than its content a frame's body is.</summary>
    public const int Overhead = HeaderLength + TagLength + FlagsLength;

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

    /// <inheritdoc />
    public bool IsBoxed => true;

    /// <inheritdoc />
    public int Work => 10;

    private static ReadOnlySpan<byte> Name => "\x07MESSAGE"u8;

    private ReadOnlySpan<byte> OurPrefix => isServer ? CurveNonce.MessageFromServer : CurveNonce.MessageFromClient;

    private ReadOnlySpan<byte> PeerPrefix => isServer ? CurveNonce.MessageFromClient : CurveNonce.MessageFromServer;

    /// <inheritdoc />
    public void Send(IByteOutput output, ZmtpMessage message, bool delimited)
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
    public void SendCommand(IByteOutput output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
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

    /// <inheritdoc />
    public int MaxBodyLength(bool isCommand, IContentSink sink)
    {
        // What is in the box is not known yet; it is judged again once that is open.
        var limit = Math.Max(sink.MaxContentLength(isCommand: true), sink.MaxContentLength(isCommand: false));
        return Math.Min(limit, int.MaxValue - Overhead) + Overhead;
    }

    /// <inheritdoc />
    public ZmtpError? Open(bool isCommand, bool isMore, ReadOnlySpan<byte> body, IContentSink sink)
    {
        var plain = ArrayPool<byte>.Shared.Rent(body.Length);
        var error = TryOpen(body, plain, out var length);
        if (error is null)
        {
            var content = plain.AsSpan(FlagsLength, length - FlagsLength);
            isCommand = plain[0] == IsACommand;
            error = content.Length > sink.MaxContentLength(isCommand)
                ? new ZmtpError(ZmtpErrorCode.TooLarge, $"the peer sent a {(isCommand ? "command" : "frame")} of {content.Length} bytes, and {sink.MaxContentLength(isCommand)} is the limit here")
                : sink.OnContent(isCommand, plain[0] == More, content);
        }

        ArrayPool<byte>.Shared.Return(plain);
        return error;
    }

    /// <summary>Wipes the keys. What is sent afterwards is dropped.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _isReleased = true;
            box.Dispose();
        }
    }

    private ZmtpError? TryOpen(ReadOnlySpan<byte> body, Span<byte> plain, out int length)
    {
        length = body.Length - HeaderLength - TagLength;
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
        CurveNonce.Join(nonce, PeerPrefix, body.Slice(NameLength, CurveNonce.ShortLength));
        bool isGenuine;
        lock (_lock)
        {
            isGenuine = !_isReleased && box.TryDecrypt(plain[..length], body[HeaderLength..], nonce);
        }

        if (!isGenuine)
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, "the peer sent a CURVE MESSAGE that does not open: it was changed on its way, or is not the peer's");
        }

        _peerNonce = number;
        return plain[0] is 0 or More or IsACommand
            ? null
            : new ZmtpError(ZmtpErrorCode.Protocol, $"the peer sent a CURVE MESSAGE with the flags 0x{plain[0]:x2}, which RFC 26 does not have");
    }

    private static int SizeFor(int length) => FrameHeader.SizeFor(length + Overhead) + length + Overhead;

    private int WriteNeedsLock(Span<byte> target, byte flags, ReadOnlySpan<byte> content)
    {
        var length = content.Length + Overhead;
        var written = FrameHeader.Write(target, length, more: false, command: false);
        var body = target.Slice(written, length);
        Name.CopyTo(body);
        Span<byte> nonce = stackalloc byte[CurveNonce.Length];
        CurveNonce.Join(nonce, OurPrefix, ++_ourNonce, body[NameLength..]);

        // Encrypted where it stands: no copy of the content is left behind in a pooled buffer.
        var plain = body[(HeaderLength + TagLength)..];
        plain[0] = flags;
        content.CopyTo(plain[FlagsLength..]);
        box.Encrypt(body[HeaderLength..], plain, nonce);
        return written + length;
    }
}
