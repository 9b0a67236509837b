using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration.Reading;
using Zmtp;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Finds out where the settings of a module come from. Only of a module without errors.</summary>
/// <param name="chain">The module and those that it extends.</param>
/// <param name="module">The module.</param>
/// <param name="defaults">The <c>defaults</c> section, or null.</param>
/// <param name="metrics">The <c>metrics</c> section, or null.</param>
internal sealed class ModuleSettings(ModuleChain chain, BoundModule module, Section? defaults, ConfigValue? metrics)
{
    private static readonly ImmutableArray<string> Exchange = ["send", "expect", "until"];

    /// <summary>All of them, in the order in which they are shown; of those that a target can override, none that nobody sets.</summary>
    public EquatableArray<ModuleSetting> Read() =>
    [
        .. OfChain("prober"),
        .. ProberBinder.All.First(prober => prober.Name == module.Prober.Name).Keys.Keys.SelectMany(OfProber),
        .. OfChain("ping", "true"),
        .. OfSecurity("security", Unsecured),
        .. SettingText.Keys.Select(key => new ModuleSetting(key, null, OriginOf(key))).Where(setting => setting.Origin != SettingOrigin.BuiltIn),
    ];

    /// <summary>The value of a key, of which the parts are separated by dots; null when it is not there.</summary>
    public static ConfigValue? Find(Section section, string key)
    {
        var parts = key.Split('.');
        var value = section.Find(parts[0]);
        foreach (var part in parts[1..])
        {
            value = value?.Node is YamlMapping ? Section.Open(value, remedy: "")?.Find(part) : null;
        }

        return value;
    }

    /// <summary>Where a value stands.</summary>
    public static ConfigPlace PlaceOf(ConfigValue value) => new(value.Node.Mark.File, value.Node.Mark.Line, value.Node.Mark.Column);

    private SettingOrigin OriginOf(string key)
    {
        if (key == "client" && module.Prober.OnlyOwnClient)
        {
            return SettingOrigin.BuiltIn; // whatever the defaults say: no other client can
        }

        for (var i = 0; i < chain.Sections.Length; i++)
        {
            if (Find(chain.Sections[i], key) is { } value)
            {
                return OriginOf(i, value);
            }
        }

        return defaults is not null && Find(defaults, key) is { } common ? new SettingOrigin(SettingLayer.Defaults, Place: PlaceOf(common))
            : key == "buckets" && metrics is not null && Section.Open(metrics, remedy: "")?.FindAll(["buckets", "detail"]).LastOrDefault() is { } own
                ? new SettingOrigin(SettingLayer.Metrics, Place: PlaceOf(own))
            : SettingOrigin.BuiltIn;
    }

    private SettingOrigin OriginOf(int section, ConfigValue value) => new(
        SettingLayer.Module,
        chain.Members[section].Name,
        chain.Members[section].IsBuiltIn ? null : PlaceOf(value));

    private IEnumerable<ModuleSetting> OfProber(string key)
    {
        if (key == LoopProberBinder.ReturnSecurity)
        {
            return OfSecurity(key);
        }

        // Steps replace what a parent sends, and what a module sends replaces a parent's steps.
        var steps = Index(section => section.Find("steps") is not null);
        var exchange = Index(section => section.FindAll(Exchange).Any());
        var isReplaced = key == "steps" ? exchange < steps : Exchange.Contains(key, StringComparer.Ordinal) && steps < exchange;
        return isReplaced ? [] : OfChain(key, Default(key));
    }

    private int Index(Predicate<Section> predicate)
    {
        var index = chain.Sections.ToList().FindIndex(predicate);
        return index < 0 ? int.MaxValue : index;
    }

    private IEnumerable<ModuleSetting> OfChain(string key, string? unset = null)
    {
        for (var i = 0; i < chain.Sections.Length; i++)
        {
            if (chain.Sections[i].Find(key) is { } value)
            {
                return [new ModuleSetting(key, NodeText.Of(value.Node), OriginOf(i, value))];
            }
        }

        return unset is null ? [] : [new ModuleSetting(key, unset, SettingOrigin.BuiltIn)];
    }

    private static ModuleSetting Unsecured { get; } = new("security.mechanism", "null", SettingOrigin.BuiltIn);

    private IEnumerable<ModuleSetting> OfSecurity(string name, ModuleSetting? unset = null)
    {
        var index = Index(section => section.Find(name) is not null);
        if (index == int.MaxValue || Section.Open(chain.Sections[index].Find(name)!, remedy: "") is not { } security)
        {
            return unset is null ? [] : [unset];
        }

        return security.FindAll(ConfigKeys.Security.Keys).Select(value =>
        {
            var key = value.Path[(security.Value.Path.Length + 1)..];
            return new ModuleSetting($"{name}.{key}", NodeText.Of(value.Node, SecretKeys.Contains(key)), OriginOf(index, value));
        });
    }

    private string? Default(string key) => (key, module.Prober) switch
    {
        ("socket", RequestProberConfig request) => Word(request.Socket),
        ("socket", HandshakeProberConfig handshake) => Word(handshake.Socket),
        ("connection", RequestProberConfig request) => Connection(request.Persistent),
        ("connection", HandshakeProberConfig handshake) => Connection(handshake.Persistent),
        ("max_reply", RequestProberConfig request) => ByteSizes.Show(request.MaxReply),
        ("max_passed_over", RequestProberConfig request) when request.Steps.Any(step => !step.Until.IsEmpty) => request.MaxPassedOver.ToString(CultureInfo.InvariantCulture),
        ("startup_grace", SubscribeProberConfig subscribe) => Durations.Show(subscribe.StartupGrace),
        ("startup_grace", ListenProberConfig listen) => Durations.Show(listen.Feed.StartupGrace),
        ("rate_window", SubscribeProberConfig subscribe) when subscribe.MinRate is not null || !subscribe.TopicRates.IsEmpty => Durations.Show(subscribe.RateWindow),
        ("path", LoopProberConfig loop) => LoopPaths.Word(loop.Path),
        ("messages", LoopProberConfig loop) => loop.Messages.ToString(CultureInfo.InvariantCulture),
        ("size", LoopProberConfig loop) => ByteSizes.Show(loop.Size),
        ("max_lost", LoopProberConfig loop) => loop.MaxLost.ToString(CultureInfo.InvariantCulture),
        ("prefix", LoopProberConfig { Path: LoopPath.PubSub or LoopPath.Majordomo } loop) => loop.Prefix,
        ("majordomo", LoopProberConfig { Path: LoopPath.Majordomo } loop) => LoopPaths.Word(loop.Majordomo),
        _ => null,
    };

    private static string Word(SocketType socket) => HandshakeSockets.All.First(pair => pair.Socket == socket).Word;

    private static string Connection(bool isPersistent) => isPersistent ? "persistent" : "per_probe";
}
