using System.Globalization;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>routing_id</c>: the identity by which a ROUTER knows a peer.</summary>
internal static class RoutingIdBinder
{
    private const int MaxLength = 255; // RFC 37, "Metadata": Identity
    private const string Remedy = "write the name by which the server knows this probe, such as probe-1, or {hex: ..}";

    /// <summary>The spellings other than text.</summary>
    public static KeyTable Keys { get; } = new("modules.*.routing_id", ["hex", "base64"]);

    /// <summary>Reads it; null after an error.</summary>
    public static byte[]? Read(ConfigValue value)
    {
        if (BytesValue.Read(value, Remedy, "is empty, which is no identity", Keys) is not { } bytes)
        {
            return null;
        }

        if (bytes.Length > MaxLength)
        {
            value.Error(
                string.Create(CultureInfo.InvariantCulture, $"has {bytes.Length} bytes"),
                string.Create(CultureInfo.InvariantCulture, $"write {MaxLength} at most: ZMTP has room for no more"));
            return null;
        }

        if (bytes[0] == 0)
        {
            value.Error("begins with a zero byte, as the identities do that a ROUTER makes up for its other peers", "begin with another byte");
            return null;
        }

        return bytes;
    }
}
