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
        var (culprit, other) = (Server("a"), Server("b"));

        var (culprits, suspects) = _list.Judge([(0, culprit), (1, other)], [0], isTrial: false, _now);

        Assert.Equal([culprit], culprits);
        Assert.Empty(suspects);
        Assert.False(other.IsSuspected);
    }

    [Fact]
    public void Judge_SeveralOnTheThread_AreSuspectedAndNobodyIsNamed()
    {
        Suspect[] shared = [Server("a"), Server("b")];

        var (culprits, suspects) = _list.Judge([(2, shared[0]), (2, shared[1])], [2], isTrial: false, _now);

        Assert.Empty(culprits);
        Assert.Equal(shared, suspects);
        Assert.All(shared, server => Assert.True(_list.TryIsolate(server)));
        Assert.NotEqual(shared[0].OwnThread, shared[1].OwnThread);
    }

    // A crash of the runtime, or of our own: with few targets it is as a rule one server that is there.
    [Fact]
    public void Judge_OneServerAndNoThreadIsNamed_IsTriedBeforeItIsFoundGuilty()
    {
        var server = Server("a");

        Assert.Equal([server], _list.Judge([(0, server)], [], isTrial: false, _now).Suspects);
        Assert.True(_list.TryIsolate(server));
        Assert.Equal([server], _list.Judge([(server.OwnThread!.Value, server)], [], isTrial: true, _now).Culprits);
    }

    // It was removed a moment ago: then its neighbour must not be found alone.
    [Fact]
    public void Judge_NobodyProbesTheCulpritAnyMore_ItsNeighbourIsOnlySuspected()
    {
        var (gone, neighbour) = (Server("a"), Server("b"));

        var (culprits, suspects) = _list.Judge([(0, gone), (0, neighbour)], [0], isTrial: false, _now);

        Assert.Empty(culprits);
        Assert.Equal([gone, neighbour], suspects);
        Assert.Same(gone, Server("a")); // when it comes back, it is tried
        Assert.True(Server("a").IsSuspected);
    }

    [Fact]
    public void Judge_OnTwoThreadsOfAWorker_IsFoundOnEither()
    {
        var (server, other) = (Server("a"), Server("b"));

        var (culprits, _) = _list.Judge([(0, server), (1, server), (1, other)], [0], isTrial: false, _now);

        Assert.Equal([server], culprits);
    }

    [Fact]
    public void Quarantined_NobodyProbesTheServer_IsNotShown()
    {
        var server = Server("a");
        server.Quarantine(_now);

        Assert.Empty(_list.Quarantined);
        Assert.True(server.IsQuarantined);
    }

    [Fact]
    public void Of_ServersComeAndGo_AreForgottenUnlessSomethingIsHeldAgainstThem()
    {
        var culprit = Server("culprit");
        culprit.Quarantine(_now);
        var first = Server("0");
        for (var i = 0; i < 1000; i++)
        {
            Server($"{i}");
        }

        Assert.Same(culprit, Server("culprit"));
        Assert.NotSame(first, Server("0"));

        _now += 2 * Suspect.LongestQuarantine;
        for (var i = 0; i < 1000; i++)
        {
            Server($"again {i}");
        }

        Assert.NotSame(culprit, Server("culprit"));
    }

    [Fact]
    public void TryIsolate_NoneIsFree_WaitsUntilOneHasPassedItsTrial()
    {
        var servers = Enumerable.Range(0, SuspectList.OwnThreads + 1).Select(i => Server($"{i}")).ToList();
        _list.Judge([.. servers.Select(server => (0, server))], [0], isTrial: false, _now);
        Assert.Equal(SuspectList.OwnThreads, servers.Count(_list.TryIsolate));
        Assert.False(_list.TryIsolate(servers[^1]));
        Assert.Equal(SuspectList.OwnThreads, servers.Select(server => server.OwnThread).OfType<int>().Distinct().Count());

        servers[7].OnConnect(_now);
        servers[7].OnProbed();
        Assert.Equal([servers[7]], _list.Release(_now + Second));

        Assert.False(servers[7].IsSuspected);
        Assert.True(_list.TryIsolate(servers[^1]));
    }

    [Fact]
    public void Free_WorkerThatWasKilledFromOutside_BlamesNobodyAndFreesTheirThreads()
    {
        var server = Server("a");
        server.BecomeSuspect(_now);
        _list.TryIsolate(server);
        Assert.True(_list.HasTrials);

        _list.Free([(0, server)]);

        Assert.False(_list.HasTrials);
        Assert.True(server.IsSuspected);
    }

    // Deaths are played: all that are connected and kill do so within moments, each alone on its thread or with others.
    [Fact]
    public void Judge_AnyNumberOfServersAndCulprits_NamesEachCulpritAndNobodyElse() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[1, 40], Gen.Bool, Gen.Int[0, int.MaxValue]).Sample((servers, culprits, tellsThread, seed) =>
        {
            var play = new Play(servers, Math.Min(culprits, servers), tellsThread, new Random(seed));
            play.Run();
            Assert.Equal(play.Killers.Order(StringComparer.Ordinal), play.Named.Order(StringComparer.Ordinal));

            // Where threads are told, all that are tried at a time are found at once.
            Assert.True(!tellsThread || play.Deaths <= 4 + (5 * servers / SuspectList.OwnThreads), $"{play.Deaths} deaths");
        });

    private Suspect Server(string name) => _list.Of(name, _now);

    private sealed class Play
    {
        private readonly SuspectList _list = new();
        private readonly List<Suspect> _servers;
        private readonly bool _tellsThread;
        private Timestamp _now = new(TimeSpan.FromDays(1).Ticks);

        public Play(int servers, int culprits, bool tellsThread, Random random)
        {
            _tellsThread = tellsThread;
            _servers = [.. Enumerable.Range(0, servers).Select(i => _list.Of($"tcp://server:{i}", _now))];
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
            var servers = _servers
                .Where(server => !server.IsQuarantined && server.IsSuspected == isTrial && (!isTrial || _list.TryIsolate(server))).ToList();
            servers.ForEach(server => server.OnConnect(_now));
            var present = servers.ConvertAll(server => (server.OwnThread ?? (server.Number % SuspectList.SharedThreads), server));
            var threads = present.Where(there => Killers.Contains(there.server.Endpoint)).Select(there => there.Item1).Distinct().ToList();
            if (threads.Count > 0)
            {
                Deaths++;
                var (culprits, _) = _list.Judge(present, _tellsThread ? threads : [], isTrial, _now);
                foreach (var culprit in culprits)
                {
                    culprit.Quarantine(_now);
                    Named.Add(culprit.Endpoint);
                    Assert.Contains(culprit.Endpoint, Killers);
                }
            }
            else
            {
                servers.ForEach(server => server.OnProbed());
                _now += Suspect.FirstTrial * 1000;
                _list.Release(_now);
            }
        }
    }
}
