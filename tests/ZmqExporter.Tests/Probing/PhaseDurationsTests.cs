using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Probing;

public sealed class PhaseDurationsTests
{
    [Fact]
    public void Phases_EachWithAndWithout_AreWhatTheyWereMadeOf()
    {
        var none = default(PhaseDurations);
        Assert.Equal(((TimeSpan?)null, (TimeSpan?)null, (TimeSpan?)null, (TimeSpan?)null, (TimeSpan?)null), (none.Resolve, none.Connect, none.Handshake, none.Ping, none.Request));
        Assert.Equal(none, new PhaseDurations(null, null, null, null, null));

        var all = new PhaseDurations(TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.FromMicroseconds(2), TimeSpan.FromSeconds(3), TimeSpan.FromDays(4));
        Assert.Equal(TimeSpan.Zero, all.Resolve);
        Assert.Equal(TimeSpan.FromTicks(1), all.Connect);
        Assert.Equal(TimeSpan.FromMicroseconds(2), all.Handshake);
        Assert.Equal(TimeSpan.FromSeconds(3), all.Ping);
        Assert.Equal(TimeSpan.FromDays(4), all.Request);
    }
}
