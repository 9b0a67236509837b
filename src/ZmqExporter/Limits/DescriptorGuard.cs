using Microsoft.Extensions.Logging;
using Zmtp;

namespace ZmqExporter.Limits;

/// <summary>
/// Sets how many descriptors connections to targets may take: what the kernel's limit leaves beside what the process holds itself, the
/// connections to its own port, and a reserve. Looks again now and then, because each of these can change. Thread-safe.
/// </summary>
internal sealed partial class DescriptorGuard : IDisposable
{
    /// <summary>How often it looks again.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly DescriptorBudget _budget;
    private readonly DescriptorFigures _figures;
    private readonly TimeProvider _time;
    private readonly ILogger<DescriptorGuard> _logger;
    private ITimer? _timer;
    private int _ownAtStart;

    /// <param name="budget">What it sets.</param>
    /// <param name="figures">Where the numbers come from.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="logger">Hears when the limit is too low.</param>
    public DescriptorGuard(DescriptorBudget budget, DescriptorFigures figures, TimeProvider time, ILogger<DescriptorGuard> logger)
    {
        _budget = budget;
        _figures = figures;
        _time = time;
        _logger = logger;
    }

    /// <summary>Begins, once the process holds what it is going to hold: before that there is no limit.</summary>
    /// <param name="targets">How many targets there are, for people.</param>
    /// <param name="needed">How many descriptors they need.</param>
    public void Begin(int targets, int needed)
    {
        var limit = _figures.Limit();
        if (limit == int.MaxValue || Own() is not { } own)
        {
            return; // nothing is known, or nothing is limited
        }

        _ownAtStart = own;
        var sufficient = own + DescriptorNeeds.Reserve + _figures.MostHttpConnections + needed;
        _budget.Sufficient = sufficient;
        _budget.Free = Free;
        Set(limit, own);
        if (sufficient > limit)
        {
            Log.TooFew(_logger, targets, needed, _budget.Limit, limit, sufficient);
        }

        _timer = _time.CreateTimer(static guard => ((DescriptorGuard)guard!).Look(), this, Period, Period);
    }

    /// <inheritdoc />
    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        if (Own() is { } own)
        {
            // What leaves between two of the counts would make it too small; what does not count yet would, too.
            Set(_figures.Limit(), Math.Max(own, _ownAtStart));
        }
    }

    private void Set(int limit, int own) =>
        _budget.Limit = Math.Max(0, limit - own - DescriptorNeeds.Reserve - _figures.MostHttpConnections);

    private int? Own()
    {
        var inUse = _budget.InUse;
        var http = _figures.HttpConnections();
        return _figures.Open() is { } open ? open - Math.Min(inUse, _budget.InUse) - http : null;
    }

    private int Free() => _figures.Open() is { } open
        ? _figures.Limit() - open - DescriptorNeeds.Reserve - (_figures.MostHttpConnections - _figures.HttpConnections())
        : int.MaxValue;

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "the limit of open files is too low for these targets: some will be unknown; raise it (ulimit -n, LimitNOFILE)")]
        public static partial void TooFew(ILogger logger, int targets, int needed, int available, int limit, int sufficient);
    }
}
