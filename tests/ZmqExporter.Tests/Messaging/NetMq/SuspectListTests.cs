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
        Assert.All(shared, server => Assert.True(_list.TryIsolate(server)));
        Assert.NotEqual(shared[0].OwnThread, shared[1].OwnThread);
    }

    [Fact]
    public void TryIsolate_NoneIsFree_WaitsUntilOneHasPassedItsTrial()
    {
        var worker = new object();
        var servers = Enumerable.Range(0, SuspectList.OwnThreads + 1).Select(i => Connected($"{i}", worker, 0)).ToList();
        _list.Judge(worker, [0], _now);
        Assert.Equal(SuspectList.OwnThreads, servers.Count(_list.TryIsolate));
        Assert.False(_list.TryIsolate(servers[^1]));
        Assert.Equal(SuspectList.OwnThreads, servers.Select(server => server.OwnThread).OfType<int>().Distinct().Count());

        servers[7].OnConnect(worker, servers[7].OwnThread!.Value, _now);
        servers[7].OnProbed();
        Assert.Equal([servers[7]], _list.Release(_now + Second));

        Assert.False(servers[7].IsSuspected);
        Assert.True(_list.TryIsolate(servers[^1]));
    }

    [Fact]
    public void Forget_WorkerThatWasKilledFromOutside_BlamesNobodyAndFreesTheirThreads()
    {
        var worker = new object();
        var server = Connected("a", worker, 0);
        server.BecomeSuspect(_now);
        _list.TryIsolate(server);
        Assert.True(_list.HasTrials);

        _list.Forget(worker);

        Assert.False(_list.HasTrials);
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

            // Where threads are told, all that are tried at a time are found at once.
            Assert.True(!tellsThread || play.Deaths <= 3 + (3 * servers / SuspectList.OwnThreads), $"{play.Deaths} deaths");
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
                .Where(server => !server.IsQuarantined && server.IsSuspected == isTrial && (!isTrial || _list.TryIsolate(server))).ToList();
            foreach (var server in present)
            {
                server.OnConnect(worker, server.OwnThread ?? (server.Number % SuspectList.SharedThreads), _now);
            }

            var threads = present.Where(server => Killers.Contains(server.Endpoint)).Select(server => server.ThreadOn(worker, _now)!.Value).Distinct().ToList();
            if (threads.Count > 0)
            {
                Deaths++;
                var (culprits, _) = _list.Judge(worker, _tellsThread ? threads : [], _now);
                foreach (var culprit in culprits)
                {
                    culprit.Quarantine(_now);
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
