using System.Globalization;
using CsCheck;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Http;
using ZmqExporter.Limits;
using Zmtp;

namespace ZmqExporter.Tests.Limits;

public sealed class DescriptorGuardTests : IDisposable
{
    private const int MostHttp = 17;
    private const int KeptFree = DescriptorNeeds.Reserve + MostHttp;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<DescriptorGuard> _logger = new();
    private readonly DescriptorBudget _budget = new();
    private readonly DescriptorGuard _guard;
    private int _limit = 1024;
    private int? _open = 200;
    private int _http;
    private readonly List<int> _limits = [];

    public DescriptorGuardTests() => _guard = new DescriptorGuard(
        _budget, new DescriptorFigures(() => _limit, () => _open, () => _http, _ => MostHttp, limit => _limits.Add(limit)), _time, _logger);

    public void Dispose() => _guard.Dispose();

    [Fact]
    public void Begin_LimitThatSuffices_LeavesTheProcessItsOwnAndSaysNothing()
    {
        _guard.Begin(targets: 700, needed: 770);

        Assert.Equal(1024 - 200 - KeptFree, _budget.Limit);
        Assert.Equal(200 + KeptFree + 770, _budget.Sufficient);
        Assert.Empty(_logger.Collector.GetSnapshot());
    }

    [Fact]
    public void Begin_LimitThatIsTooLow_SaysSoWithTheNumberThatWouldDo()
    {
        _limit = 262;

        _guard.Begin(targets: 150, needed: 165);

        var record = Assert.Single(_logger.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Warning, record.Level);
        Assert.Equal("262", record.GetStructuredStateValue("limit"));
        Assert.Equal("13", record.GetStructuredStateValue("available"));
        Assert.Equal("414", record.GetStructuredStateValue("sufficient"));
        Assert.Equal(13, _budget.Limit);
    }

    // A reload, or a list of targets that has grown.
    [Fact]
    public void Expect_MoreThanTheLimitAllows_IsSaidAtOnceAndForEachHigherNeed()
    {
        _limit = 262;
        _guard.Begin(targets: 1, needed: 9);
        Assert.Empty(_logger.Collector.GetSnapshot());

        _guard.Expect(targets: 150, needed: 165);
        Assert.Equal("414", Assert.Single(_logger.Collector.GetSnapshot(clear: true)).GetStructuredStateValue("sufficient"));
        Assert.Equal(414, _budget.Sufficient);
        _guard.Expect(targets: 140, needed: 155);
        Assert.Empty(_logger.Collector.GetSnapshot());
        _guard.Expect(targets: 160, needed: 175);
        Assert.Single(_logger.Collector.GetSnapshot());
    }

    [Theory]
    [InlineData(int.MaxValue, 200)] // no limit
    [InlineData(1024, null)] // no /proc
    public void Begin_NothingIsKnown_LimitsNothing(int limit, int? open)
    {
        (_limit, _open) = (limit, open);
        _guard.Begin(targets: 150, needed: 165);
        Assert.Equal((int.MaxValue, null), (_budget.Limit, _budget.Sufficient));
    }

    [Fact]
    public void Expect_MoreTargetsThanTheLimitAllows_SaysSoOnceForThem()
    {
        _guard.Begin(targets: 100, needed: 110);
        _guard.Expect(targets: 900, needed: 990);
        _guard.Expect(targets: 900, needed: 990);
        _time.Advance(DescriptorGuard.Period);

        var record = Assert.Single(_logger.Collector.GetSnapshot());
        Assert.Equal(("900", "1239"), (record.GetStructuredStateValue("targets"), record.GetStructuredStateValue("sufficient")));
        Assert.Equal(200 + KeptFree + 990, _budget.Sufficient);

        _guard.Expect(targets: 100, needed: 110);
        Assert.Equal(200 + KeptFree + 110, _budget.Sufficient);
    }

    [Fact]
    public void Expect_ProbesOnDemand_NeedRoomBesideTheTargets()
    {
        _guard.Begin(targets: 700, needed: 770);
        _guard.Expect(targets: 700, needed: 771, limit => limit / 64);

        Assert.Equal("1036", Assert.Single(_logger.Collector.GetSnapshot()).GetStructuredStateValue("sufficient")); // and their sixty-fourth of that, 16
    }

    [Fact]
    public void Look_ProcessThatHoldsMore_LeavesLess()
    {
        _guard.Begin(targets: 1, needed: 9);
        var before = _budget.Limit;
        Assert.True(_budget.TryTake(100));
        (_open, _http) = (200 + 100 + 5 + 30, 5); // its connections, those of clients, and 30 of which nobody told us

        _time.Advance(DescriptorGuard.Period);

        Assert.Equal(before - 30, _budget.Limit);
    }

    [Fact]
    public void Look_ConnectionsThatCountAndAreNotOpenYet_MakeNoRoom()
    {
        _guard.Begin(targets: 1, needed: 9);
        var before = _budget.Limit;
        Assert.True(_budget.TryTake(100));

        _time.Advance(DescriptorGuard.Period);

        Assert.Equal(before, _budget.Limit);
    }

    [Fact]
    public void Look_LimitThatIsRaised_IsUsed()
    {
        _limit = 262;
        _guard.Begin(targets: 150, needed: 165);
        _limit = 1024;

        _time.Advance(DescriptorGuard.Period);

        Assert.Equal(1024 - 200 - KeptFree, _budget.Limit);
    }

    [Fact]
    public void Look_LimitThatFallsBelowTheNeed_IsSaidOnceAndTheOwnPortFollows()
    {
        _guard.Begin(targets: 500, needed: 550);
        _limit = 400;

        _time.Advance(DescriptorGuard.Period);
        _time.Advance(DescriptorGuard.Period);

        Assert.Equal("400", Assert.Single(_logger.Collector.GetSnapshot()).GetStructuredStateValue("limit"));
        Assert.Equal([400], _limits);
        Assert.Equal(400 - 200 - KeptFree, _budget.Limit);
    }

    [Fact]
    public void Look_MoreConnectionsToTheOwnPortThanALowerLimitLetsIn_CountAsWhatTheyAre()
    {
        _guard.Begin(targets: 1, needed: 9);
        (_limit, _http, _open) = (400, 60, 260);
        _time.Advance(DescriptorGuard.Period);
        Assert.Equal(400 - 260 - DescriptorNeeds.Reserve, _budget.Limit);
    }

    // 100 names that nobody answers have taken 300, and have 100 open.
    [Fact]
    public void Look_ProcessThatHoldsMoreWhileLookUpsHang_LeavesNoMoreThanThereIs()
    {
        _guard.Begin(targets: 1, needed: 9);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(_budget.TryTakeLookup());
        }

        _open = 200 + 100 + 50;
        _time.Advance(DescriptorGuard.Period);
        Assert.InRange(_budget.Limit, 0, 1024 - 250 - KeptFree);

        for (var i = 0; i < 100; i++)
        {
            _budget.ReturnLookup();
        }

        _open = 250;
        _time.Advance(DescriptorGuard.Period);
        Assert.Equal((0, 1024 - 250 - KeptFree), (_budget.InUse, _budget.Limit));
    }

    // Whoever does what the warning says must not be warned again, nor be told a number that is too high.
    [Fact]
    public void Begin_LimitThatWasSaidToSuffice_Suffices() =>
        Gen.Select(Gen.Int[150, 300], Gen.Int[1, 3000], Gen.Int[240, 3000]).Sample(
            (own, needed, limit) =>
            {
                if (Said(own, needed, limit, out _) is not { } sufficient)
                {
                    return;
                }

                Assert.True(sufficient > limit);
                Assert.Null(Said(own, needed, sufficient, out var available));
                Assert.True(available >= needed);
                Assert.NotNull(Said(own, needed, sufficient - 1, out available));
                Assert.True(available < needed);
            },
            iter: 5_000);

    [Fact]
    public void Free_OfTheBudget_IsWhatTheKernelHasBesideTheReserve()
    {
        _guard.Begin(targets: 1, needed: 9);
        (_open, _http) = (900, 7);
        Assert.Equal(1024 - 900 - DescriptorNeeds.Reserve - (MostHttp - 7), _budget.Free!());
        _open = null;
        Assert.Equal(int.MaxValue, _budget.Free!());
    }

    // What the warning says would do; null when there is none.
    private static int? Said(int own, int needed, int limit, out int available)
    {
        var budget = new DescriptorBudget();
        var logger = new FakeLogger<DescriptorGuard>();
        using var guard = new DescriptorGuard(
            budget, new DescriptorFigures(() => limit, () => own, () => 0, HttpLimits.MostDescriptors), new FakeTimeProvider(), logger);
        guard.Begin(targets: needed, needed);
        available = budget.Limit;
        var said = logger.Collector.GetSnapshot().SingleOrDefault()?.GetStructuredStateValue("sufficient");
        return said is null ? null : int.Parse(said, CultureInfo.InvariantCulture);
    }
}
