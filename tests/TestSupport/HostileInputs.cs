using System.Text;

namespace TestSupport;

/// <summary>What a broken or malicious server says to whoever connects, chosen for what it does to NetMQ 4.0.4.5.</summary>
/// <param name="Name">Short, fit for a target's name.</param>
/// <param name="First">All that is sent at once.</param>
/// <param name="KillsNetMq">Whether it ends a process that uses NetMQ without precautions.</param>
/// <param name="ForEver">What is sent after it, again and again, or null.</param>
/// <param name="ForCurve">Whether the client has to speak CURVE.</param>
internal sealed record HostileInput(string Name, byte[] First, bool KillsNetMq, byte[]? ForEver = null, bool ForCurve = false)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<HostileInput> All { get; } =
    [
        new("empty_command", [.. Open, 0x04, 0x00], KillsNetMq: true),
        new("empty_command_more", [.. Open, 0x05, 0x00], KillsNetMq: true),
        new("empty_long_command", [.. Open, 0x06, 0, 0, 0, 0, 0, 0, 0, 0], KillsNetMq: true),
        new("negative_property", [.. Greeting("NULL"), .. Ready([0x80, 0, 0, 0])], KillsNetMq: true),
        new("unversioned_2gb", [0x01, 0x00, 0xFF, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0x00], KillsNetMq: true),
        new("ready_before_welcome", [.. Greeting("CURVE"), 0x04, 46, 5, .. "READY"u8, .. new byte[40]], KillsNetMq: true, ForCurve: true),
        new("frame_of_2gb", [.. Open, 0x02, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xC0], KillsNetMq: false),
        new("endless_more", Open, KillsNetMq: false, ForEver: [.. Enumerable.Repeat<byte[]>([0x01, 0x04, 1, 2, 3, 4], 256).SelectMany(frame => frame)]),
        new("silent", [], KillsNetMq: false),
        new("command_unknown", [.. Open, 0x04, 0x05, 0x04, .. "WHAT"u8], KillsNetMq: false),
    ];

    private static byte[] RouterLength => [0, 0, 0, 6];

    private static byte[] Open => [.. Greeting("NULL"), .. Ready(RouterLength)];

    /// <summary>A greeting of ZMTP 3.1 (RFC 37).</summary>
    private static byte[] Greeting(string mechanism)
    {
        var greeting = new byte[64];
        greeting[0] = 0xFF;
        greeting[8] = 1;
        greeting[9] = 0x7F;
        greeting[10] = 3;
        greeting[11] = 1;
        Encoding.ASCII.GetBytes(mechanism, greeting.AsSpan(12));
        return greeting;
    }

    private static byte[] Ready(ReadOnlySpan<byte> lengthOfSocketType)
    {
        byte[] body = [5, .. "READY"u8, 11, .. "Socket-Type"u8, .. lengthOfSocketType, .. "ROUTER"u8];
        return [0x04, (byte)body.Length, .. body];
    }
}
