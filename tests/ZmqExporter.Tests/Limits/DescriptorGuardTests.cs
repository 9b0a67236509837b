using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
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

    public DescriptorGuardTests() => _guard = new DescriptorGuard(
        _budget, new DescriptorFigures(() => _limit, () => _open, () => _http, MostHttp), _time, _logger);

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
    public void Free_OfTheBudget_IsWhatTheKernelHasBesideTheReserve()
    {
        _guard.Begin(targets: 1, needed: 9);
        (_open, _http) = (900, 7);
        Assert.Equal(1024 - 900 - DescriptorNeeds.Reserve - (MostHttp - 7), _budget.Free!());
        _open = null;
        Assert.Equal(int.MaxValue, _budget.Free!());
    }
}
