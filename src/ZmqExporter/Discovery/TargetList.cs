using ZmqExporter.Configuration;

namespace ZmqExporter.Discovery;

/// <summary>
/// One list of targets from elsewhere: a file, or what a URL answers. What was good last stays when the list breaks. Not thread-safe.
/// </summary>
/// <param name="place">Where it comes from, for errors.</param>
/// <param name="isJson">Whether it is JSON and not YAML.</param>
internal sealed class TargetList(string place, bool isJson)
{
    private string? _good;
    private string? _latest;
    private bool _isUnread;

    /// <summary>The targets, as they were when the list was good last.</summary>
    public EquatableArray<DiscoveredTarget> Targets { get; private set; } = [];

    /// <summary>What is wrong with the list now; empty when nothing is.</summary>
    public EquatableArray<ConfigError> Errors { get; private set; } = [];

    /// <summary>What has no effect in the list as it was when it was good last.</summary>
    public EquatableArray<ConfigError> Warnings { get; private set; } = [];

    /// <summary>Whether it is wrong now and its targets are those of a time when it was good.</summary>
    public bool KeepsGood => !Errors.IsEmpty && _good is not null;

    /// <summary>Whether it was good ever, so that its targets are those of a list.</summary>
    public bool WasGood => _good is not null;

    /// <summary>The list was read.</summary>
    public void Read(string text, TargetListBinding binding)
    {
        _isUnread = false;
        _latest = text;
        Errors = Bind(text, binding);
    }

    /// <summary>The list could not be read.</summary>
    public void Fail(string message, string remedy, int line = 0, int column = 0)
    {
        _isUnread = true;
        Errors = [new ConfigError(place, line, column, "", message, remedy)];
    }

    /// <summary>The config is another one, with other modules.</summary>
    public void Rebind(TargetListBinding binding)
    {
        if (_latest is null)
        {
            return;
        }

        // What was read last may be good now: it may have named a module that did not exist.
        var errors = Bind(_latest, binding);
        Errors = _isUnread ? Errors : errors;
        if (!errors.IsEmpty && _good is not null && _good != _latest)
        {
            _ = Bind(_good, binding);
        }
    }

    private EquatableArray<ConfigError> Bind(string text, TargetListBinding binding)
    {
        var result = binding.Read(text, place, isJson);
        if (result.Errors.IsEmpty)
        {
            _good = text;
            (Targets, Warnings) = (result.Targets, result.Warnings);
        }

        return result.Errors;
    }
}
