using ZmqExporter.Content;
using Zmtp;

namespace ZmqExporter.Configuration;

/// <summary>What a probe does; one subtype a prober.</summary>
internal abstract record ProberConfig
{
    /// <summary>The value of <c>prober:</c> and of the label of that name.</summary>
    public abstract string Name { get; }

    /// <value>The numbers of the last acceptable reply or message that become metrics.</value>
    public EquatableArray<ValueConfig> Values { get; init; } = [];

    /// <summary>Whether only the exporter's own client can do it, whatever <c>client</c> says.</summary>
    public virtual bool OnlyOwnClient => false;

    /// <value>Of a prober that speaks the heartbeat protocol: how; null for others.</value>
    public HeartbeatConfig? Heartbeat { get; init; }
}

/// <summary><c>prober: request</c>: sends one message, or a few in turn, and checks each reply.</summary>
/// <param name="Socket">REQ or DEALER.</param>
/// <param name="Persistent">True keeps the connection between probes, false makes one for each probe.</param>
/// <param name="Steps">At least one.</param>
internal sealed record RequestProberConfig(SocketType Socket, bool Persistent, EquatableArray<RequestStepConfig> Steps) : ProberConfig
{
    /// <summary>Default of <see cref="MaxPassedOver"/>: nobody who wants to know whether a server is well has to read more messages than that.</summary>
    public const int DefaultMaxPassedOver = 10_000;

    /// <summary>Default of <see cref="MaxReply"/>: 1 MiB.</summary>
    public const int DefaultMaxReply = 1 << 20;

    /// <value>How many messages that do not meet <c>until</c> a probe passes over. Default 10,000.</value>
    public int MaxPassedOver { get; init; } = DefaultMaxPassedOver;

    /// <value>The most bytes of a reply, all frames together. Default 1 MiB.</value>
    public int MaxReply { get; init; } = DefaultMaxReply;

    /// <value>By which identity a ROUTER knows the probe; empty for none.</value>
    public EquatableArray<byte> RoutingId { get; init; } = [];

    /// <value>Whether what it sends has secrets in it: then its messages are not kept, and only whoever has the configuration may see them.</value>
    public bool SendsSecrets { get; init; }

    /// <inheritdoc />
    public override string Name => "request";
}

/// <summary><c>prober: handshake</c>: TCP, ZMTP greeting, security handshake, READY.</summary>
/// <param name="Socket">The socket type that we claim to be; PULL only looks at the peer's READY and sends none.</param>
/// <param name="Persistent">True keeps the connection and asks for a PONG on it, false makes one for each probe.</param>
internal sealed record HandshakeProberConfig(SocketType Socket, bool Persistent = false) : ProberConfig
{
    /// <inheritdoc />
    public override string Name => "handshake";

    /// <inheritdoc />
    public override bool OnlyOwnClient => true;
}

/// <summary>One request and what its reply must be.</summary>
/// <param name="Send">The frames; for a REQ without the delimiter.</param>
/// <param name="Expect">All must hold; empty accepts any reply.</param>
internal sealed record RequestStepConfig(EquatableArray<FrameConfig> Send, EquatableArray<ExpectConfig> Expect)
{
    /// <value>A message that does not meet all of these is passed over: the reply is the first one that does. Empty takes the
    /// first message.</value>
    public EquatableArray<ExpectConfig> Until { get; init; } = [];

    /// <value>What of the reply later steps may send and expect.</value>
    public EquatableArray<CaptureConfig> Capture { get; init; } = [];
}

/// <summary>A frame to send: text with placeholders (from a string or JSON), fixed bytes (from hex or base64), or parts.</summary>
/// <param name="Text">Text in which {token}, {sequence} and {unix_ms} are replaced, or null.</param>
/// <param name="Bytes">Bytes that go as they are, when <paramref name="Text"/> is null.</param>
internal sealed record FrameConfig(string? Text, EquatableArray<byte> Bytes)
{
    /// <value>What the frame is put together from, one after the other; when there are any, there is nothing else.</value>
    public EquatableArray<FramePartConfig> Parts { get; init; } = [];
}

/// <summary>A part of a frame: text with placeholders, bytes, or the number of a placeholder.</summary>
/// <param name="Text">The text, or null.</param>
/// <param name="Bytes">The bytes, when <paramref name="Text"/> and <paramref name="Number"/> are null.</param>
/// <param name="Number">How the number is written, or null.</param>
/// <param name="Placeholder">Which number: <c>{sequence}</c> or <c>{unix_ms}</c>.</param>
internal sealed record FramePartConfig(string? Text, EquatableArray<byte> Bytes = default, BinaryNumber? Number = null, string Placeholder = "")
{
    /// <value>The name of the captured value that stands here, as bytes or, where there is a <see cref="Number"/>, in that form; null for none.</value>
    public string? Capture { get; init; }

    /// <value>Whether the captured value stands in a string of JSON.</value>
    public bool IsInJson { get; init; }

    /// <value>A text with captured values in MessagePack or CBOR, whose length stands before it; null for none.</value>
    public PackedTextConfig? Packed { get; init; }
}

/// <summary>A text of a document in which its length stands before it.</summary>
/// <param name="Format">MessagePack or CBOR.</param>
/// <param name="Parts">What it is put together from. A captured value alone keeps its type.</param>
internal sealed record PackedTextConfig(DocumentFormat Format, EquatableArray<FramePartConfig> Parts);
