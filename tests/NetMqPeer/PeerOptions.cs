using System.Globalization;

namespace NetMqPeer;

/// <summary>What the command line says.</summary>
internal sealed record PeerOptions
{
    /// <value>Where to listen, 0 for a free port.</value>
    public int Port { get; private init; }

    /// <value>Connect to this endpoint instead of listening.</value>
    public string? Connect { get; private init; }

    /// <value>Z85; be a CURVE server with it.</value>
    public string? CurveSecretKey { get; private init; }

    /// <value>What a publisher publishes.</value>
    public IReadOnlyList<string> Topics { get; private init; } = [];

    /// <value>The servers of a matrix, as KIND:MECHANISM:ENDPOINT.</value>
    public IReadOnlyList<string> Sockets { get; private init; } = [];

    /// <summary>Reads words such as <c>--port=5555</c>.</summary>
    public static bool TryParse(ReadOnlySpan<string> arguments, out PeerOptions options)
    {
        options = new PeerOptions();
        foreach (var argument in arguments)
        {
            switch (argument.Split('=', 2))
            {
                case ["--port", var port]:
                    options = options with { Port = int.Parse(port, CultureInfo.InvariantCulture) };
                    break;
                case ["--connect", var endpoint]:
                    options = options with { Connect = endpoint };
                    break;
                case ["--curve", var secretKey]:
                    options = options with { CurveSecretKey = secretKey };
                    break;
                case ["--topic", var topic]:
                    options = options with { Topics = [.. options.Topics, topic] };
                    break;
                case ["--socket", var socket]:
                    options = options with { Sockets = [.. options.Sockets, socket] };
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
