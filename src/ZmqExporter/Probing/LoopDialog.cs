using System.Text;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What a message means that came to our own worker.</summary>
internal enum LoopCommand
{
    /// <summary>A request.</summary>
    Request,

    /// <summary>The broker lives.</summary>
    Heartbeat,

    /// <summary>The broker does not know the worker any more.</summary>
    Disconnect,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>How a client and a worker talk through a broker. Immutable.</summary>
internal abstract class LoopDialog
{
    /// <summary>What the worker says first; null for nothing.</summary>
    public virtual ZmtpMessage? Register => null;

    /// <summary>What the worker says last; null for nothing.</summary>
    public virtual ZmtpMessage? Leave => null;

    /// <summary>What the worker says when the broker shows that it lives; null for nothing.</summary>
    public virtual ZmtpMessage? Heartbeat => null;

    /// <summary>Asks the broker whether it knows our service; null where nobody can.</summary>
    public virtual ZmtpMessage? Question => null;

    /// <summary>The client's request.</summary>
    public abstract ZmtpMessage Request(byte[] payload);

    /// <summary>What came to the worker.</summary>
    public abstract LoopCommand Read(ZmtpMessage message);

    /// <summary>The bytes of a request that came to the worker.</summary>
    public abstract ReadOnlySpan<byte> PayloadOf(ZmtpMessage request);

    /// <summary>The worker's reply, with the bytes of the request.</summary>
    public abstract ZmtpMessage ReplyTo(ZmtpMessage request);

    /// <summary>The bytes of a reply that came to the client; empty for anything else.</summary>
    public abstract ReadOnlySpan<byte> ReplyIn(ZmtpMessage message);

    /// <summary>What the broker answered to <see cref="Question"/>; null when the message is no such answer.</summary>
    public virtual string? AnswerIn(ZmtpMessage message) => null;

    private protected static byte[][] Frames(ZmtpMessage message) => [.. Enumerable.Range(0, message.FrameCount).Select(i => message[i].ToArray())];
}

/// <summary>The dialog through a queue: a ROUTER before a DEALER, which pass envelopes on as they are.</summary>
internal sealed class QueueDialog : LoopDialog
{
    /// <inheritdoc />
    public override ZmtpMessage Request(byte[] payload) => ZmtpMessage.FromFrames([], payload);

    /// <inheritdoc />
    public override LoopCommand Read(ZmtpMessage message) => message.FrameCount >= 3 ? LoopCommand.Request : LoopCommand.Other;

    /// <inheritdoc />
    public override ReadOnlySpan<byte> PayloadOf(ZmtpMessage request) => request[request.FrameCount - 1];

    /// <inheritdoc />
    public override ZmtpMessage ReplyTo(ZmtpMessage request) => request;

    /// <inheritdoc />
    public override ReadOnlySpan<byte> ReplyIn(ZmtpMessage message) => message[message.FrameCount - 1];
}

/// <summary>The dialog through a Majordomo broker: RFC 7, and RFC 18 for version 0.2.</summary>
/// <param name="version">Which version.</param>
/// <param name="service">The service that our worker registers.</param>
internal sealed class MajordomoDialog(MajordomoVersion version, byte[] service) : LoopDialog
{
    private const byte ReadyCommand = 1;
    private const byte RequestCommand = 2;
    private const byte ReplyCommand = 3; // in 0.2, PARTIAL

    private static readonly byte[] ManagementService = "mmi.service"u8.ToArray(); // RFC 8

    private readonly bool _isOld = version == MajordomoVersion.V01;

    /// <inheritdoc />
    public override ZmtpMessage Register => Worker(ReadyCommand, service);

    /// <inheritdoc />
    public override ZmtpMessage Leave => Worker(DisconnectCommand);

    /// <inheritdoc />
    public override ZmtpMessage Heartbeat => Worker(HeartbeatCommand);

    /// <inheritdoc />
    public override ZmtpMessage Question => Client(ManagementService, service);

    // The one more command of 0.2 stands before them.
    private byte FinalCommand => _isOld ? ReplyCommand : (byte)(ReplyCommand + 1);

    private byte HeartbeatCommand => (byte)(FinalCommand + 1);

    private byte DisconnectCommand => (byte)(FinalCommand + 2);

    private byte[] WorkerHeader => _isOld ? "MDPW01"u8.ToArray() : "MDPW02"u8.ToArray();

    private byte[] ClientHeader => _isOld ? "MDPC01"u8.ToArray() : "MDPC02"u8.ToArray();

    private int First => _isOld ? 1 : 0; // 0.1 begins with an empty frame

    /// <inheritdoc />
    public override ZmtpMessage Request(byte[] payload) => Client(service, payload);

    /// <inheritdoc />
    public override LoopCommand Read(ZmtpMessage message)
    {
        if (message.FrameCount < First + 2 || !message[First].SequenceEqual(WorkerHeader) || message[First + 1] is not [var command])
        {
            return LoopCommand.Other;
        }

        return command == RequestCommand && message.FrameCount > First + 4 ? LoopCommand.Request
            : command == HeartbeatCommand ? LoopCommand.Heartbeat
            : command == DisconnectCommand ? LoopCommand.Disconnect
            : LoopCommand.Other;
    }

    /// <inheritdoc />
    public override ReadOnlySpan<byte> PayloadOf(ZmtpMessage request) => request[First + 4];

    /// <inheritdoc />
    public override ZmtpMessage ReplyTo(ZmtpMessage request)
    {
        var frames = Frames(request);
        frames[First + 1] = [FinalCommand];
        return ZmtpMessage.FromFrames(frames);
    }

    /// <inheritdoc />
    public override ReadOnlySpan<byte> ReplyIn(ZmtpMessage message) => IsFrom(message, service) ? message[message.FrameCount - 1] : [];

    /// <inheritdoc />
    public override string? AnswerIn(ZmtpMessage message) =>
        IsFrom(message, ManagementService) && message[message.FrameCount - 1] is { Length: 3 } code ? Encoding.ASCII.GetString(code) : null;

    private bool IsFrom(ZmtpMessage message, ReadOnlySpan<byte> from)
    {
        const int name = 2; // after the empty frame and the header, or after the header and the command
        return message.FrameCount > name + 1 && message[First].SequenceEqual(ClientHeader) && message[name].SequenceEqual(from)
            && (_isOld || message[1].SequenceEqual((ReadOnlySpan<byte>)[3])); // FINAL
    }

    private ZmtpMessage Client(byte[] name, byte[] body) => _isOld
        ? ZmtpMessage.FromFrames([], ClientHeader, name, body)
        : ZmtpMessage.FromFrames(ClientHeader, [1], name, body);

    private ZmtpMessage Worker(byte command, params byte[][] rest) => ZmtpMessage.FromFrames(
        [.. _isOld ? (byte[][])[[]] : [], WorkerHeader, [command], .. rest]);
}
