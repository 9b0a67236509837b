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
    private int _targets;
    private int _needed;
    private int _limit;

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
        (_targets, _needed, _limit) = (targets, needed, limit);
        _budget.Free = Free;
        Set(limit, own);
        WarnIfTooLow();
        _timer = _time.CreateTimer(static guard => ((DescriptorGuard)guard!).Look(), this, Period, Period);
    }

    /// <summary>The targets are others now.</summary>
    public void Expect(int targets, int needed)
    {
        var needsMore = needed > _needed;
        (_targets, _needed) = (targets, needed);
        if (_timer is not null && Own() is { } own)
        {
            Set(_limit, Math.Max(own, _ownAtStart));
            if (needsMore)
            {
                WarnIfTooLow();
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        if (Own() is { } own)
        {
            var limit = _figures.Limit();
            var isAnother = limit != _limit;
            if (isAnother)
            {
                _limit = limit;
                _figures.LimitChanged?.Invoke(limit);
            }

            // What leaves between two of the counts would make it too small; what does not count yet would, too.
            Set(limit, Math.Max(own, _ownAtStart));
            if (isAnother)
            {
                WarnIfTooLow();
            }
        }
    }

    private void Set(int limit, int own)
    {
        _budget.Sufficient = DescriptorNeeds.Sufficient(own, _needed, _figures.MostHttpConnections);

        // Of a limit that was lowered there may be more connections than there may be now.
        var http = Math.Max(_figures.MostHttpConnections(limit), _figures.HttpConnections());
        _budget.Limit = Math.Max(0, limit - own - DescriptorNeeds.Reserve - http);
    }

    private void WarnIfTooLow()
    {
        if (_budget.Sufficient > _limit)
        {
            Log.TooFew(_logger, _targets, _needed, _budget.Limit, _limit, _budget.Sufficient.Value);
        }
    }

    private int? Own()
    {
        var sockets = Sockets();
        var http = _figures.HttpConnections();
        return _figures.Open() is { } open ? open - Math.Min(sockets, Sockets()) - http : null;
    }

    // What a look-up has taken need not be open: it counts as our own as far as it is, or there would seem to be more room than there is.
    private int Sockets() => _budget.InUse - _budget.InLookups;

    private int Free() => _figures.Open() is { } open
        ? _figures.Limit() - open - DescriptorNeeds.Reserve - Math.Max(0, _figures.MostHttpConnections(_limit) - _figures.HttpConnections())
        : int.MaxValue;

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "the limit of open files is too low for these targets: some will be unknown; raise it (ulimit -n, LimitNOFILE)")]
        public static partial void TooFew(ILogger logger, int targets, int needed, int available, int limit, int sufficient);
    }
}
