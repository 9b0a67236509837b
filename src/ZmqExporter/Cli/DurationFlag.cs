using System.CommandLine;
using ZmqExporter.Configuration;

namespace ZmqExporter.Cli;

/// <summary>A flag that takes a duration, written as in a configuration.</summary>
internal static class DurationFlag
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The flag.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it is for.</param>
    public static Option<TimeSpan?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "duration",
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (Durations.TryParse(text, out var duration) && duration > TimeSpan.Zero && duration <= Longest)
            {
                return duration;
            }

            argument.AddError($"{name}: {Quoted.Text(text)} is not a duration up to 1h; write {Durations.Meant(text) ?? "2s or 500ms"}");
            return null;
        },
    };
}
