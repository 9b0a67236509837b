using System.Threading.RateLimiting;
using ZmqExporter.Configuration.Web;

namespace ZmqExporter.Http.Protection;

/// <summary>The rate limit of the web config, which begins again when the config has another one. Thread-safe.</summary>
internal sealed class RequestRate : IDisposable
{
    private readonly Lock _gate = new();
    private RateLimitConfig? _config;
    private TokenBucketRateLimiter? _limiter;

    /// <summary>Whether a request may be answered now.</summary>
    public bool MayPass(RateLimitConfig? config)
    {
        lock (_gate)
        {
            if (config != _config)
            {
                _limiter?.Dispose();
                _limiter = config is null ? null : Create(config);
                _config = config;
            }

            if (_limiter is null)
            {
                return true;
            }

            _ = _limiter.TryReplenish();
            using var lease = _limiter.AttemptAcquire();
            return lease.IsAcquired;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _limiter?.Dispose();

    private static TokenBucketRateLimiter Create(RateLimitConfig config) => new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = config.Burst,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = config.Interval,
        QueueLimit = 0,
        AutoReplenishment = false, // a timer for it would run each interval
    });
}
