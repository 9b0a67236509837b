using System.CommandLine;

namespace ZmqExporter.Cli;

/// <summary>What there is to say of a flag, for pages about the command line.</summary>
/// <param name="Names">Its name, and its other ones.</param>
/// <param name="Value">What stands behind the sign of equality; null when nothing does.</param>
/// <param name="Default">The value when it is left out; null when there is none to tell.</param>
/// <param name="Description">What it does.</param>
internal sealed record FlagText(IReadOnlyList<string> Names, string? Value, string? Default, string Description)
{
    /// <summary>The flags of a command, in its order; hidden ones are left out.</summary>
    public static IEnumerable<FlagText> Of(Command command) => command.Options.Where(option => !option.Hidden).Select(option => new FlagText(
        [option.Name, .. option.Aliases],
        option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0 ? null : option.HelpName ?? option.Name.TrimStart('-'),
        option is { HasDefaultValue: true, ValueType.IsPrimitive: false } && option.GetDefaultValue() is string { Length: > 0 } value ? value : null,
        option.Description ?? ""));
}
