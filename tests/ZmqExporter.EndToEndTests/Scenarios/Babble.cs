using System.Globalization;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>
/// Servers that play a valid conversation (greeting, READY, an answer) with damage: other bytes, bytes too many or too few, an early end.
/// Each connection has a damage of its own, which depends on nothing but the seed and its number.
/// </summary>
internal sealed class Babble : IDisposable
{
    private static readonly byte[] Valid =
    [
        .. PeerBytes.Greeting(), .. PeerBytes.Ready("ROUTER"), .. PeerBytes.Message("", "pong"), .. PeerBytes.Command("PING", 0, 1, 7),
        .. PeerBytes.Frame(PeerBytes.Long, new byte[400]), .. PeerBytes.Message("", "a", "pong"),
    ];

    private readonly List<ScriptedServer> _servers = [];
    private readonly int _seed;

    public Babble(int seed, int servers)
    {
        _seed = seed;
        for (var i = 0; i < servers; i++)
        {
            var number = i;
            _servers.Add(new ScriptedServer(peer => Play(peer, number)));
        }
    }

    /// <summary>How many connections there were.</summary>
    public int Accepted => _servers.Sum(server => server.Accepted);

    /// <summary>What went wrong with the servers themselves.</summary>
    public IEnumerable<Exception> Failures => _servers.SelectMany(server => server.Failures);

    /// <summary>One target for each server.</summary>
    public IEnumerable<(string Name, string Endpoint, string Module)> Targets(string module) => _servers.Select((server, i) =>
        (string.Create(CultureInfo.InvariantCulture, $"babble_{i}"), string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{server.Port}"), module));

    /// <inheritdoc />
    public void Dispose() => _servers.ForEach(server => server.Dispose());

    private static void Damage(List<byte> bytes, Random random)
    {
        // Behind the greeting for the most part: with a broken one nothing else is looked at.
        var at = random.Next(random.Next(4) == 0 ? 0 : PeerBytes.Greeting().Length, bytes.Count);
        switch (random.Next(6))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.Insert(at, (byte)random.Next(256));
                break;
            case 3:
                bytes.RemoveAt(at);
                break;
            case 4:
                bytes.InsertRange(at, [(byte)random.Next(8), 0]); // a frame or command without a body, often where one may stand
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }

    private void Play(ScriptedPeer peer, int server)
    {
        var random = new Random(HashCode(server, peer.Number));
        var bytes = new List<byte>(Valid);
        for (var damages = random.Next(1, 5); damages > 0 && bytes.Count > PeerBytes.Greeting().Length; damages--)
        {
            Damage(bytes, random);
        }

        peer.Send([.. bytes]);
        if (random.Next(4) > 0)
        {
            peer.ExpectEnd();
        }
    }

    private int HashCode(int server, int connection) => unchecked((((_seed * 397) + server) * 397) + connection);
}
