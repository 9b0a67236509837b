using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class NetMqPartsTests
{
    [Fact]
    public void Problem_LimitThatIsTooLow_SaysWhatAndHowToMendIt()
    {
        var problem = NetMqLimits.Problem(targets: 500, limit: 1024);

        Assert.StartsWith("500 targets with client: netmq need 7 file descriptors each", problem, StringComparison.Ordinal);
        Assert.Contains("a process may open 1024 here: raise the limit (ulimit -n ", problem, StringComparison.Ordinal);
        Assert.Contains("LimitNOFILE=", problem, StringComparison.Ordinal);
    }

    // Else whoever raises it to that number is told another one.
    [Fact]
    public void Problem_OthersNeedMore_SaysTheirNumber()
    {
        var problem = NetMqLimits.Problem(targets: 500, limit: 1024, sufficient: 9999);
        Assert.Contains("about 9999 with everything else", problem, StringComparison.Ordinal);
        Assert.Contains("(ulimit -n 9999, or LimitNOFILE=9999 ", problem, StringComparison.Ordinal);
        Assert.Null(NetMqLimits.Problem(targets: 500, limit: 9000, sufficient: 9999)); // not for that alone
    }

    [Theory]
    [InlineData(0, 1024)]
    [InlineData(500, 8192)]
    [InlineData(500, double.PositiveInfinity)]
    public void Problem_NoNetMqOrALimitThatSuffices_IsNone(int targets, double limit) => Assert.Null(NetMqLimits.Problem(targets, limit));

    [Theory]
    [InlineData(10, int.MaxValue, 120)] // twice as many, and some
    [InlineData(1000, 4774, 571)] // what the limit leaves
    [InlineData(10, 100, 7)]
    public void ConnectionsFor_TargetsAndALimit_AreEnoughAndWithinIt(int targets, int limit, int connections)
    {
        Assert.Equal(connections, NetMqLimits.ConnectionsFor(targets, limit));
        Assert.True((long)connections * NetMqLimits.Descriptors < limit);
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(1, 0.2)]
    [InlineData(4, 1.6)]
    [InlineData(9, 30)]
    [InlineData(16, 30)]
    public void PauseAfter_DeathsInARow_DoublesUpToHalfAMinute(int deaths, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), NetMqWorkers.PauseAfter(deaths));

    [Fact]
    public void TryTake_LateReplies_AreBounded()
    {
        var budget = new LateReplyBudget(NetMqLink.MostLateReplies);
        Assert.All(Enumerable.Range(0, NetMqLink.MostLateReplies), _ => Assert.True(budget.TryTake()));
        Assert.False(budget.TryTake());

        budget.Return();
        Assert.True(budget.TryTake());
    }
}
