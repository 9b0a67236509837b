using CsCheck;
using ZmqExporter.Messaging.NetMq;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class IoThreadGroupsTests
{
    private readonly IoThreadGroups _groups = new();

    [Fact]
    public void Judge_OnlyOneSuspect_IsTheCulprit() => Assert.Equal("a", _groups.Judge(["a"]));

    [Fact]
    public void Judge_Nobody_NamesNobody() => Assert.Null(_groups.Judge([]));

    [Fact]
    public void Judge_Several_EachGetsAThreadOfItsOwnAndNobodyIsAccused()
    {
        var bystander = _groups.Of("bystander");

        Assert.Null(_groups.Judge(["a", "b", "c"]));

        Assert.Equal(3, new[] { "a", "b", "c" }.Select(_groups.Of).Distinct().Count());
        Assert.All(new[] { "a", "b", "c" }, suspect => Assert.InRange(_groups.Of(suspect), IoThreadGroups.Shared, _groups.Count - 1));
        Assert.Equal(bystander, _groups.Of("bystander"));
    }

    [Fact]
    public void Judge_Many_TheMostRecentlyActiveAreAlone()
    {
        string[] suspects = [.. Enumerable.Range(0, 500).Select(Name)];

        Assert.Null(_groups.Judge(suspects));

        Assert.Single(suspects, suspect => _groups.Of(suspect) == _groups.Of(Name(0)));
        Assert.True(suspects.Count(suspect => _groups.Of(suspect) == _groups.Of(Name(499))) > 1);
        Assert.Equal(IoThreadGroups.Max, _groups.Count);
    }

    // The deaths are played: the worst culprit is always the last one who is thought of.
    [Fact]
    public void Judge_AnyNumberOfServersAndCulprits_NamesEachCulpritAndNobodyElseWithinFewDeaths() =>
        Gen.Select(Gen.Int[1, 600], Gen.Int[1, 4], Gen.Int[0, int.MaxValue]).Sample((servers, culprits, seed) =>
        {
            var groups = new IoThreadGroups();
            var random = new Random(seed);
            var free = Enumerable.Range(0, servers).Select(Name).ToList();
            var killers = free.OrderBy(_ => random.Next()).Take(culprits).ToHashSet(StringComparer.Ordinal);
            var named = new List<string>();
            var deaths = 0;
            while (killers.Count > named.Count)
            {
                Assert.True(++deaths <= 6 * culprits * culprits, $"{servers} servers, {culprits} culprits, {deaths} deaths");
                var killer = killers.Except(named, StringComparer.Ordinal).OrderBy(_ => random.Next()).First();
                var dead = groups.Of(killer);
                Assert.InRange(dead, 0, groups.Count - 1);
                var suspects = free.Where(server => groups.Of(server) == dead).OrderBy(server => killers.Contains(server)).ToList();
                if (groups.Judge(suspects) is { } culprit)
                {
                    named.Add(culprit);
                    free.Remove(culprit);
                }
            }

            Assert.Equal(killers.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
            Assert.True(culprits > 1 || deaths <= 4, $"{servers} servers: {deaths} deaths");
        });

    private static string Name(int number) => $"tcp://server:{number}";
}
