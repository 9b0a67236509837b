using System.Globalization;

namespace NetMqPeer;

/// <summary>What the command line says.</summary>
/// <param name="Port">Where to listen, 0 for a free port.</param>
/// <param name="CurveSecretKey">Z85; be a CURVE server with it.</param>
/// <param name="Topics">What a publisher publishes.</param>
internal sealed record PeerOptions(int Port, string? CurveSecretKey, IReadOnlyList<string> Topics)
{
    /// <summary>Reads words such as <c>--port=5555</c>.</summary>
    public static bool TryParse(ReadOnlySpan<string> arguments, out PeerOptions options)
    {
        var topics = new List<string>();
        options = new PeerOptions(0, null, topics);
        foreach (var argument in arguments)
        {
            switch (argument.Split('=', 2))
            {
                case ["--port", var port]:
                    options = options with { Port = int.Parse(port, CultureInfo.InvariantCulture) };
                    break;
                case ["--curve", var secretKey]:
                    options = options with { CurveSecretKey = secretKey };
                    break;
                case ["--topic", var topic]:
                    topics.Add(topic);
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
