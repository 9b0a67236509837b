using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace ZmqExporter.Tests.Architecture;

/// <summary>A type of ours that needs another part.</summary>
/// <param name="Type">The type, for messages.</param>
/// <param name="From">The part it belongs to.</param>
/// <param name="To">The part or library it needs.</param>
internal sealed record Dependency(string Type, string From, string To);

/// <summary>Who needs whom, read from the compiled assemblies: method bodies count, not only signatures.</summary>
internal static class DependencyGraph
{
    /// <summary>The name of the parts that live in no namespace below ZmqExporter.</summary>
    public const string Root = "ZmqExporter";

    /// <summary>The libraries that only some parts may know, by their namespaces.</summary>
    public static readonly string[] Libraries = ["NetMQ", "YamlDotNet", "Prometheus", "Newtonsoft.Json", "MessagePack", "System.CommandLine", "Spectre.Console", "Markdig", "BCrypt", "RazorSlices"];

    private static readonly ArchUnitNET.Domain.Architecture Loaded =
        new ArchLoader().LoadAssemblies(typeof(ExporterApplication).Assembly, typeof(ZmtpEndpoint).Assembly).Build();

    /// <summary>Every dependency between parts, and of parts on libraries.</summary>
    public static IReadOnlyList<Dependency> Dependencies { get; } = DependenciesBetween(PartOf);

    /// <summary>Every part of ours.</summary>
    public static IReadOnlySet<string> Parts { get; } = PartsBy(PartOf);

    /// <summary>Every dependency between the namespaces of the ZMTP library.</summary>
    public static IReadOnlyList<Dependency> ZmtpDependencies { get; } = DependenciesBetween(ZmtpPartOf);

    /// <summary>The namespaces of the ZMTP library.</summary>
    public static IReadOnlySet<string> ZmtpParts { get; } = PartsBy(ZmtpPartOf);

    private static IReadOnlyList<Dependency> DependenciesBetween(Func<IType, string?> partOf) =>
    [
        .. from type in Loaded.Types
           let part = partOf(type)
           where part is not null
           from dependency in type.Dependencies
           where dependency.Target is not GenericParameter // of generated code: taken for that of another method of the same name
           let target = partOf(dependency.Target)
           where target is not null && target != part
           select new Dependency(type.FullName, part, target),
    ];

    private static HashSet<string> PartsBy(Func<IType, string?> partOf) =>
        Loaded.Types.Select(partOf).OfType<string>().Except(Libraries, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);

    private static string? ZmtpPartOf(IType type) => type.Namespace?.FullName is { } name && IsIn(name, "Zmtp") ? name : null;

    /// <summary>The namespace below ZmqExporter, "Zmtp", or a library; null for what does not matter.</summary>
    private static string? PartOf(IType type)
    {
        var name = type.Namespace?.FullName ?? "";
        if (IsIn(name, Root))
        {
            return name == Root ? Root : name[(Root.Length + 1)..];
        }

        return IsIn(name, "Zmtp") ? "Zmtp" : Libraries.FirstOrDefault(library => IsIn(name, library));
    }

    private static bool IsIn(string name, string parent) =>
        name == parent || name.StartsWith(parent + ".", StringComparison.Ordinal);
}
