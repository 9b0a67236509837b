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
        for (var i = 0; i < 2 * RecentProbes.Most; i++)
        {
            _recent.Add(Reports.Of(Reports.Bad));
        }

        for (var i = 0; i < RecentProbes.Most; i++)
        {
            _recent.Add(Reports.Of(Reports.Good));
        }

        var all = _recent.All();
        Assert.Equal((RecentProbes.Most, RecentProbes.Most), (all.Count(probe => probe.IsSuccess), all.Count(probe => !probe.IsSuccess)));
        Assert.Equal(all.Select(probe => probe.Id).OrderDescending(), all.Select(probe => probe.Id));
        Assert.Null(_recent.Find(1));
        Assert.NotNull(_recent.Find(RecentProbes.Most + 2)); // a failure that is older than the last ones
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
