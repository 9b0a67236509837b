using System.Text;
using ZmqExporter.OnDemand;

namespace ZmqExporter.Tests.OnDemand;

public sealed class RecentProbesTests
{
    private readonly RecentProbes _recent = new();

    [Fact]
    public void All_SomeProbes_AreThereWithTheNewestFirst()
    {
        _recent.Add(Reports.Of(Reports.Good));
        _recent.Add(Reports.Of(Reports.Bad));

        Assert.Equal([(2, false, "refused"), (1, true, null)], _recent.All().Select(probe => (probe.Id, probe.IsSuccess, probe.Reason)));
        Assert.Contains("FAILED (refused): nothing listens", Encoding.UTF8.GetString(_recent.Find(2)!.Text.Span), StringComparison.Ordinal);
        Assert.Null(_recent.Find(3));
    }

    [Fact]
    public void All_FarMoreThanAreKept_HasTheLastOnesAndFailuresFromBefore()
    {
        _recent.Add(Reports.Of(Reports.Good));
        for (var i = 0; i < 2 * RecentProbes.MostOfOne; i++)
        {
            _recent.Add(Reports.Of(Reports.Bad));
        }

        for (var i = 0; i < RecentProbes.MostOfOne; i++)
        {
            _recent.Add(Reports.Of(Reports.Good));
        }

        var all = _recent.All();
        Assert.Equal((RecentProbes.MostOfOne, RecentProbes.MostOfOne), (all.Count(probe => probe.IsSuccess), all.Count(probe => !probe.IsSuccess)));
        Assert.Equal(all.Select(probe => probe.Id).OrderDescending(), all.Select(probe => probe.Id));
        Assert.Null(_recent.Find(1));
        Assert.NotNull(_recent.Find(RecentProbes.MostOfOne + 2)); // a failure that is older than the last ones
    }

    // Fifty servers that are probed each 15 s, one of which always fails: the rare failure of another one is still there.
    [Fact]
    public void All_OtherTargetsAreProbedAllTheTime_EachOneKeepsItsOwn()
    {
        _recent.Add(Reports.Of(Reports.Bad, endpoint: "tcp://rare:1"));
        for (var round = 0; round < 100; round++)
        {
            for (var i = 0; i < 50; i++)
            {
                _recent.Add(Reports.Of(i == 0 ? Reports.Bad : Reports.Good, endpoint: $"tcp://server-{i}:1"));
            }
        }

        Assert.NotNull(_recent.Find(1));
        Assert.Equal("tcp://server-49:1", _recent.All()[0].Endpoint);
        Assert.Equal(51, _recent.All().Select(probe => probe.Endpoint).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void All_VeryManyTargets_ForgetsTheOneThatWasProbedLongestAgo()
    {
        for (var i = 0; i < RecentProbes.Most; i++)
        {
            _recent.Add(Reports.Of(Reports.Good, endpoint: $"tcp://server-{i}:1"));
        }

        _recent.Add(Reports.Of(Reports.Good, endpoint: "tcp://server-0:1"));
        Assert.Equal(RecentProbes.Most, _recent.All().Count);
        Assert.Null(_recent.Find(2));
        Assert.NotNull(_recent.Find(1));
    }

    [Fact]
    public void All_VeryLongConversations_AreBoundedTogether()
    {
        for (var i = 0; i < RecentProbes.Most; i++)
        {
            _recent.Add(Reports.Of(Reports.Bad, [.. Enumerable.Repeat(new string('x', 1000), 100)], $"tcp://server-{i}:1"));
        }

        Assert.InRange(_recent.All().Sum(probe => probe.Text.Length), RecentProbes.MostBytes / 2, RecentProbes.MostBytes);
    }

    [Fact]
    public void Add_VeryLongConversation_IsCutInTheMiddle()
    {
        _recent.Add(Reports.Of(Reports.Bad, [.. Enumerable.Repeat(new string('x', 1000), 100)]));

        var text = Encoding.UTF8.GetString(_recent.Find(1)!.Text.Span);
        Assert.InRange(text.Length, 1000, 20_000);
        Assert.Contains("much is left out here", text, StringComparison.Ordinal);
        Assert.Contains("probe_success 0\n", text, StringComparison.Ordinal);
    }
}
