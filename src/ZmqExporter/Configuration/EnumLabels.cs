using System.Collections.Immutable;
using System.Text.Json;

namespace ZmqExporter.Configuration;

/// <summary>The label values of an enum whose members count up from 0: the snake_case of their names.</summary>
internal static class EnumLabels<T>
    where T : struct, Enum
{
    /// <summary>All of them, in the order of the members.</summary>
    public static ImmutableArray<string> All { get; } = [.. Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>The member with this label; null when there is none.</summary>
    public static T? Parse(string? label) => label is not null && All.IndexOf(label) is >= 0 and var index ? Enum.GetValues<T>()[index] : null;
}
