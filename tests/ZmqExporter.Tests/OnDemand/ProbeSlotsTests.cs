using ZmqExporter.Http;
using ZmqExporter.OnDemand;

namespace ZmqExporter.Tests.OnDemand;

public sealed class ProbeSlotsTests
{
    [Fact]
    public void TryTake_MoreThanThereAre_IsRefusedUntilOneComesBack()
    {
        var slots = new ProbeSlots(2, () => 1000);
        Assert.Null(slots.TryTake());
        Assert.Null(slots.TryTake());

        Assert.Contains("2 probes on demand", slots.TryTake(), StringComparison.Ordinal);
        Assert.Contains("2 probes on demand", slots.TryTake(), StringComparison.Ordinal); // a refusal takes none
        slots.Return();

        Assert.Null(slots.TryTake());
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(-5, false)]
    public void TryTake_FewDescriptorsLeft_LeavesThemToTheScheduledProbes(int free, bool taken) =>
        Assert.Equal(taken, new ProbeSlots(2, () => free).TryTake() is null);

    // Or no limit would ever suffice.
    [Fact]
    public void DescriptorsFor_HigherLimit_GrowsMoreSlowlyThanIt()
    {
        for (var limit = 240; limit < 4000; limit++)
        {
            Assert.InRange(ProbeSlots.DescriptorsFor(limit + 32) - ProbeSlots.DescriptorsFor(limit), 0, 3);
            Assert.True(ProbeSlots.DescriptorsFor(limit) > 3 * ProbeSlots.MostFor(limit));
        }
    }

    [Theory]
    [InlineData(100, 6)]
    [InlineData(640, 12)]
    [InlineData(1_048_576, 48)]
    [InlineData(int.MaxValue, 48)]
    public void MostFor_Limit_FollowsItAndLeavesConnectionsToTheSameAddress(int descriptors, int most)
    {
        Assert.Equal(most, ProbeSlots.MostFor(descriptors));
        Assert.True(most < HttpLimits.OfThisProcess(descriptors).ConnectionsPerAddress);
    }
}
