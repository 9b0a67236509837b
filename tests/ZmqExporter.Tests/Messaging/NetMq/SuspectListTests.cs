using CsCheck;
using ZmqExporter.Messaging.NetMq;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class SuspectListTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly SuspectList _list = new();
    private Timestamp _now = new(TimeSpan.FromDays(1).Ticks);

    [Fact]
    public void Judge_OneServerOnTheThread_IsTheCulprit()
    {
        var worker = new object();
        var (culprit, other) = (Connected("a", worker, 0), Connected("b", worker, 1));

        var (culprits, suspects) = _list.Judge(worker, [0], _now);

        Assert.Equal([culprit], culprits);
        Assert.Empty(suspects);
        Assert.False(other.IsSuspected);
    }

    [Fact]
    public void Judge_SeveralOnTheThread_AreSuspectedAndNobodyIsNamed()
    {
        var worker = new object();
        Suspect[] shared = [Connected("a", worker, 2), Connected("b", worker, 2)];

        var (culprits, suspects) = _list.Judge(worker, [2], _now);

        Assert.Empty(culprits);
        Assert.Equal(shared, suspects);
        Assert.All(shared, server => Assert.True(_list.TryEnterCell(server)));
        Assert.NotEqual(shared[0].Cell, shared[1].Cell);
    }

    [Fact]
    public void TryEnterCell_NoneIsFree_WaitsUntilOneHasStoodItsTrial()
    {
        var worker = new object();
        var servers = Enumerable.Range(0, SuspectList.Cells + 1).Select(i => Connected($"{i}", worker, 0)).ToList();
        _list.Judge(worker, [0], _now);
        Assert.Equal(SuspectList.Cells, servers.Count(_list.TryEnterCell));
        Assert.False(_list.TryEnterCell(servers[^1]));
        Assert.Equal(SuspectList.Cells, servers.Select(server => server.Cell).OfType<int>().Distinct().Count());

        servers[7].OnConnect(worker, servers[7].Cell!.Value, _now);
        servers[7].OnProbed();
        Assert.Equal([servers[7]], _list.Release(_now + Second));

        Assert.False(servers[7].IsSuspected);
        Assert.True(_list.TryEnterCell(servers[^1]));
    }

    [Fact]
    public void Forget_WorkerThatWasKilledFromOutside_BlamesNobodyAndFreesItsCells()
    {
        var worker = new object();
        var server = Connected("a", worker, 0);
        server.Accuse(_now);
        _list.TryEnterCell(server);
        Assert.True(_list.HasPrisoners);

        _list.Forget(worker);

        Assert.False(_list.HasPrisoners);
        Assert.True(server.IsSuspected);
        var (culprits, suspects) = _list.Judge(worker, [], _now);
        Assert.Empty(culprits);
        Assert.Empty(suspects);
    }

    // Deaths are played: all that are connected and kill do so within moments, each alone on its thread or with others.
    [Fact]
    public void Judge_AnyNumberOfServersAndCulprits_NamesEachCulpritAndNobodyElse() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[1, 40], Gen.Bool, Gen.Int[0, int.MaxValue]).Sample((servers, culprits, tellsThread, seed) =>
        {
            var play = new Play(servers, Math.Min(culprits, servers), tellsThread, new Random(seed));
            play.Run();
            Assert.Equal(play.Killers.Order(StringComparer.Ordinal), play.Named.Order(StringComparer.Ordinal));

            // Where threads are told, all in a row of cells are found at once.
            Assert.True(!tellsThread || play.Deaths <= 3 + (3 * servers / SuspectList.Cells), $"{play.Deaths} deaths");
        });

    private Suspect Connected(string name, object worker, int thread)
    {
        var server = _list.Of(name);
        server.OnConnect(worker, thread, _now);
        return server;
    }

    private sealed class Play
    {
        private readonly SuspectList _list = new();
        private readonly List<Suspect> _servers;
        private readonly bool _tellsThread;
        private Timestamp _now = new(TimeSpan.FromDays(1).Ticks);

        public Play(int servers, int culprits, bool tellsThread, Random random)
        {
            _tellsThread = tellsThread;
            _servers = [.. Enumerable.Range(0, servers).Select(i => _list.Of($"tcp://server:{i}"))];
            Killers = [.. _servers.OrderBy(_ => random.Next()).Take(culprits).Select(server => server.Endpoint)];
        }

        public HashSet<string> Killers { get; }

        public List<string> Named { get; } = [];

        public int Deaths { get; private set; }

        public void Run()
        {
            while (Named.Count < Killers.Count)
            {
                Assert.True(Deaths < 2000, $"{Named.Count} of {Killers.Count} are found after {Deaths} deaths");
                Round(isTrial: false);
                Round(isTrial: true);
                _now += Suspect.Memory;
            }
        }

        private void Round(bool isTrial)
        {
            var worker = new object();
            var present = _servers
                .Where(server => !server.IsQuarantined && server.IsSuspected == isTrial && (!isTrial || _list.TryEnterCell(server))).ToList();
            foreach (var server in present)
            {
                server.OnConnect(worker, server.Cell ?? (server.Number % SuspectList.SharedThreads), _now);
            }

            var threads = present.Where(server => Killers.Contains(server.Endpoint)).Select(server => server.ThreadOn(worker, _now)!.Value).Distinct().ToList();
            if (threads.Count > 0)
            {
                Deaths++;
                var (culprits, _) = _list.Judge(worker, _tellsThread ? threads : [], _now);
                foreach (var culprit in culprits)
                {
                    culprit.Convict(_now);
                    Named.Add(culprit.Endpoint);
                    Assert.Contains(culprit.Endpoint, Killers);
                }
            }
            else
            {
                present.ForEach(server => server.OnProbed());
                _now += Suspect.FirstTrial * 1000;
                _list.Release(_now);
                present.ForEach(server => server.OnClose(worker, _now));
            }
        }
    }
}
