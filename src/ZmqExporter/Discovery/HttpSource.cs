using ZmqExporter.Configuration;

namespace ZmqExporter.Discovery;

/// <summary>An entry of <c>target_urls</c>. Not thread-safe.</summary>
/// <param name="config">The entry.</param>
internal sealed class HttpSource(TargetUrlConfig config) : ITargetSource
{
    private readonly TargetList _list = new(config.Name, isJson: true);
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

    /// <summary>Whether it was asked ever.</summary>
    public bool IsAsked => _asked is not null;

    /// <summary>Whether it is time to ask; then the caller has to, and to hand over the answer.</summary>
    public bool TryBegin(Timestamp now)
    {
        if (_isAsking || (_asked is { } asked && now - asked < config.RefreshInterval))
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
