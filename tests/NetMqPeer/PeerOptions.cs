using System.Globalization;

namespace NetMqPeer;

/// <summary>What the command line says.</summary>
/// <param name="Port">Where to listen, 0 for a free port.</param>
/// <param name="CurveSecretKey">Z85; be a CURVE server with it.</param>
/// <param name="Topics">What a publisher publishes.</param>
internal sealed record PeerOptions(int Port, string? CurveSecretKey, IReadOnlyList<string> Topics)
{
    /// <summary>Reads pairs of a flag and its value.</summary>
    public static bool TryParse(ReadOnlySpan<string> arguments, out PeerOptions options)
    {
        var topics = new List<string>();
        options = new PeerOptions(0, null, topics);
        for (; arguments.Length >= 2; arguments = arguments[2..])
        {
            switch (arguments[0])
            {
                case "--port":
                    options = options with { Port = int.Parse(arguments[1], CultureInfo.InvariantCulture) };
                    break;
                case "--curve":
                    options = options with { CurveSecretKey = arguments[1] };
                    break;
                case "--topic":
                    topics.Add(arguments[1]);
                    break;
                default:
                    return false;
            }
        }

        return arguments.IsEmpty;
    }
}
