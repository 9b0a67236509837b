using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>A duration that is compared with another one, wherever the two were set.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Setting">Where it was set, or null for the built-in default.</param>
/// <param name="Default">The built-in default.</param>
internal sealed record DurationLimit(string Key, Setting<TimeSpan>? Setting, TimeSpan Default)
{
    private TimeSpan Value => Setting?.Value ?? Default;

    private bool IsValid => Setting?.IsValid ?? true;

    /// <summary>Reports it when this is longer than the other one.</summary>
    public void CheckAtMost(DurationLimit other, string consequence, ConfigErrors errors)
    {
        if (IsValid && other.IsValid && Value > other.Value)
        {
            Report(
                other,
                "longer than",
                consequence,
                errors,
                $"set {Key} to {Durations.Show(other.Value)} or less, or {other.Key} to {Durations.Show(Value)} or more");
        }
    }

    /// <summary>Reports it when this is not shorter than the other one.</summary>
    public void CheckBelow(DurationLimit other, string consequence, ConfigErrors errors)
    {
        if (IsValid && other.IsValid && Value >= other.Value)
        {
            Report(
                other,
                "not shorter than",
                consequence,
                errors,
                $"set {Key} to less than {Durations.Show(other.Value)}, or {other.Key} to more than {Durations.Show(Value)}");
        }
    }

    private void Report(DurationLimit other, string relation, string consequence, ConfigErrors errors, string remedy)
    {
        // At the more specific of the two: a target that shortens its interval is the one to mend, not the defaults.
        var here = other.Setting is null || (Setting is not null && Setting.Scope >= other.Setting.Scope) ? this : other;
        here.Setting?.Where.ReportingTo(errors).Error($"{Describe(here)} is {relation} {other.Describe(here)}: {consequence}", remedy);
    }

    private string Describe(DurationLimit here)
    {
        var origin = Setting is null ? " (the built-in default)" : ReferenceEquals(this, here) ? "" : $" (set at {Setting.Where.Path})";
        return $"the {Key} of {Durations.Show(Value)}{origin}";
    }
}
