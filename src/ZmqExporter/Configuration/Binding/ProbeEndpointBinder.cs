using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds the <c>probe_endpoint</c> section.</summary>
internal static class ProbeEndpointBinder
{
    private const string Remedy = "write [] for nothing, or - cidrs: [10.0.0.0/8] below it";
    private const string Everywhere = "write cidrs or hosts; cidrs: [0.0.0.0/0, \"::/0\"] is every address";

    private static readonly Choice<bool> Schemes = new("scheme", [("tcp", false), ("ipc", true)]);

    /// <summary>Binds the section; what has errors allows nothing.</summary>
    public static ProbeEndpointConfig Bind(ConfigValue? value)
    {
        var section = value is null ? null : Section.Open(value, ConfigKeys.ProbeEndpoint);
        if (section?.Find("allow") is not { } allow)
        {
            return new ProbeEndpointConfig();
        }

        // One rule needs no list.
        IEnumerable<ConfigValue> rules = allow.Node is YamlMapping ? [allow] : allow.ReadItems(Remedy) ?? [];
        return new ProbeEndpointConfig { Allow = [.. rules.Select(BindRule).OfType<AllowRule>()] };
    }

    private static AllowRule? BindRule(ConfigValue value)
    {
        if (Section.Open(value, ConfigKeys.AllowRule) is not { } section)
        {
            return null;
        }

        var schemes = section.Find("schemes") is { } list ? Items(list, "schemes: [tcp]", ReadScheme) : [false];
        var rule = new AllowRule
        {
            Hosts = Read(section, "hosts", "hosts: [orders.internal]", AllowedHosts.Read),
            Cidrs = Read(section, "cidrs", "cidrs: [10.0.0.0/8]", AllowedNetworks.ReadNetwork),
            Ports = Read(section, "ports", "ports: [5555]", AllowedNetworks.ReadPorts),
            Tcp = schemes.Contains(false),
            Ipc = schemes.Contains(true),
        };
        if (!section.HasUnknownKeys && !schemes.IsEmpty)
        {
            CheckWhole(section, rule);
        }

        return rule;
    }

    // A rule that names no place at all was meant otherwise, and one that can never hold, too.
    private static void CheckWhole(Section section, AllowRule rule)
    {
        if (rule.Tcp && section.Find("hosts") is null && section.Find("cidrs") is null)
        {
            section.Value.Error("says nothing of where, and would allow every address", Everywhere);
        }

        if (!rule.Tcp)
        {
            foreach (var unused in section.FindAll(["cidrs", "ports"]))
            {
                unused.Error("does nothing here: a Unix socket has neither address nor port", "remove it, or add tcp to schemes");
            }
        }

        if (!rule.Ipc && rule.Hosts.Any(AllowedHosts.IsPath))
        {
            section.Find("hosts")!.Error("names a Unix socket, and the rule does not allow ipc://", "add schemes: [ipc], or remove it");
        }
    }

    private static ImmutableArray<T> Read<T>(Section section, string key, string example, Func<ConfigValue, ImmutableArray<T>> read) =>
        section.Find(key) is { } list ? Items(list, example, read) : [];

    private static ImmutableArray<bool> ReadScheme(ConfigValue value) => Schemes.TryRead(value, out var scheme) ? [scheme] : [];

    // An empty list might mean anything or nothing.
    private static ImmutableArray<T> Items<T>(ConfigValue list, string example, Func<ConfigValue, ImmutableArray<T>> read)
    {
        var items = list.ReadItems($"write {example}");
        if (items is { IsEmpty: true })
        {
            list.Error("the list is empty", $"write {example}, or remove the key");
        }

        return [.. (items ?? []).SelectMany(item => read(item))];
    }
}
