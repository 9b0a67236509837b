using ZmqExporter.Configuration;

namespace ZmqExporter.Discovery;

/// <summary>An entry of <c>target_urls</c>. Not thread-safe.</summary>
/// <param name="config">The entry.</param>
/// <param name="before">The source of the same URL whose settings were others; null for none. Its list stays until there is an answer.</param>
internal sealed class HttpSource(TargetUrlConfig config, HttpSource? before = null) : ITargetSource
{
    private readonly TargetList _list = before?._list ?? new TargetList(config.Name, isJson: true);
    // While it has never been good there are no targets to keep: then it is asked again soon, however long its interval is.
    private static readonly TimeSpan LongestFirstWait = TimeSpan.FromSeconds(30);

    private Timestamp? _asked;
    private bool _isAsking;

    /// <inheritdoc />
    public string Name => config.Name;

    /// <inheritdoc />
    public TimeSpan RefreshInterval => config.RefreshInterval;

    /// <summary>The entry.</summary>
    public TargetUrlConfig Config => config;

    /// <inheritdoc />
    public IEnumerable<DiscoveredTarget> Targets => _list.Targets;

    /// <inheritdoc />
    public EquatableArray<ConfigError> Errors => _list.Errors;

    /// <inheritdoc />
    public EquatableArray<ConfigError> Warnings => _list.Warnings;

    /// <inheritdoc />
    public bool IsComplete => _list.WasGood;

    /// <inheritdoc />
    public bool KeepsGood => _list.KeepsGood;

    /// <summary>Whether it was asked ever.</summary>
    public bool IsAsked => _asked is not null;

    private TimeSpan Wait => Errors.IsEmpty || KeepsGood ? config.RefreshInterval : TimeSpan.FromTicks(Math.Min(config.RefreshInterval.Ticks, LongestFirstWait.Ticks));

    /// <summary>Whether it is time to ask; then the caller has to, and to hand over the answer.</summary>
    public bool TryBegin(Timestamp now)
    {
        if (_isAsking || (_asked is { } asked && now - asked < Wait))
        {
            return false;
        }

        _isAsking = true;
        _asked = now;
        return true;
    }

    /// <summary>The answer has come, or none will.</summary>
    public void End(FetchResult result, TargetListBinding binding)
    {
        _isAsking = false;
        if (result.Text is not null)
        {
            _list.Read(result.Text, binding);
        }
        else
        {
            _list.Fail(result.Failure!, remedy: "");
        }
    }

    /// <inheritdoc />
    public void Rebind(TargetListBinding binding) => _list.Rebind(binding);
}

/// <summary>How a request for a list ended: one of the two is there.</summary>
/// <param name="Text">The body of a good answer.</param>
/// <param name="Failure">Why there is none.</param>
internal sealed record FetchResult(string? Text, string? Failure);
