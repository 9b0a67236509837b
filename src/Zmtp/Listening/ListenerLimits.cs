namespace Zmtp.Listening;

/// <summary>What peers that connect to us may take. Immutable.</summary>
public sealed record ListenerLimits
{
    /// <value>Open connections. Default 4,096.</value>
    public int MaxOpen { get; init; } = 4096;

    /// <value>Open connections of one address (of IPv6: one /64). Default 2,048: many servers may stand behind one NAT.</value>
    public int MaxOpenPerAddress { get; init; } = 2048;

    /// <value>Connections that are not open yet, or were refused and are not closed yet. Default 512; for a further one the oldest has to go.</value>
    public int MaxPending { get; init; } = 512;

    /// <value>The same of one address. Default 128.</value>
    public int MaxPendingPerAddress { get; init; } = 128;

    /// <value>New connections of one address in a second. Default 250: each costs a handshake.</value>
    public int MaxNewPerSecond { get; init; } = 250;

    /// <value>How long a handshake may take, and how long a peer that was refused is kept from coming back at once. Default 10 s.</value>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <value>After so long without any traffic an open connection is closed. Default one hour.</value>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <value>When there is no room, the one that was idle longest gives way to a new one, if that was so long. Default one minute.</value>
    public TimeSpan SpareIdle { get; init; } = TimeSpan.FromMinutes(1);

    /// <value>The most bytes of a message, all frames together. Default 1 MiB.</value>
    public int MaxMessageSize { get; init; } = 1 << 20;

    /// <value>The most frames of a message. Default 64.</value>
    public int MaxFrames { get; init; } = 64;

    /// <value>The most bytes of a command. Default 4 KiB.</value>
    public int MaxCommandSize { get; init; } = 4096;
}
