using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration.Reading;
using Zmtp.Security;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>heartbeat_listener</c>: who may push heartbeats. No error of it shows a credential.</summary>
internal static class HeartbeatListenerBinder
{
    private const int MostEntries = 10_000;
    private const string ServerKey = "server_secret_key";

    private static readonly ImmutableArray<string> PlainKeys = ["users"];
    private static readonly ImmutableArray<string> CurveKeys = [ServerKey, TextOrFile.FileKey(ServerKey), "allowed_public_keys"];

    private static readonly Choice<Func<Section, BindingContext, ListenerSecurityConfig?>> Mechanisms = new(
        "mechanism", [("null", static (_, _) => new ListenerSecurityConfig.Null()), ("plain", BindPlain), ("curve", BindCurve)]);

    /// <summary>Binds the section; what is not there or has errors keeps its default.</summary>
    public static HeartbeatListenerConfig Bind(ConfigValue? value, BindingContext context)
    {
        const string Remedy = "write mechanism: null, mechanism: plain or mechanism: curve";
        var nothing = new HeartbeatListenerConfig();
        if (value is null || Section.Open(value, ConfigKeys.HeartbeatListener) is not { } listener
            || listener.Find("security") is not { } at || Section.Open(at, ConfigKeys.ListenerSecurity) is not { } section
            || section.Require("mechanism", Remedy) is not { } mechanism
            || SecurityBinder.ReadMechanism(mechanism) is not { } word
            || !Mechanisms.TryFind(mechanism, word, out var bind))
        {
            return nothing;
        }

        if (word != "plain")
        {
            SecurityBinder.HasStrays(section, word.ToLowerInvariant(), PlainKeys, "plain");
        }

        if (word != "curve")
        {
            SecurityBinder.HasStrays(section, word.ToLowerInvariant(), CurveKeys, "curve");
        }

        return bind(section, context) is { } security ? nothing with { Security = security } : nothing;
    }

    private static ListenerSecurityConfig.Plain? BindPlain(Section section, BindingContext context)
    {
        const string Remedy = "write users: [{username: NAME, password_file: PATH}]";
        var users = ImmutableSortedDictionary.CreateBuilder<string, Secret>(StringComparer.Ordinal);
        foreach (var item in ReadEntries(section, "users", Remedy))
        {
            if (Section.Open(item, ConfigKeys.ListenerUser) is { } user
                && SecurityBinder.ReadCredentials(user, context) is { } plain
                && !users.TryAdd(plain.Username, plain.Password))
            {
                user.Find("username")!.Error($"the user {user.Find("username")!.Shown} is there twice", "give each user one entry");
            }
        }

        return users.Count == 0 ? null : new ListenerSecurityConfig.Plain(users.ToImmutable());
    }

    private static ListenerSecurityConfig.Curve? BindCurve(Section section, BindingContext context)
    {
        const string Remedy = "write allowed_public_keys: [\"KEY\"] with the public keys in Z85 of those who may push";
        CurveKeyPair? server = null;
        if (!TextOrFile.IsPresent(section, ServerKey))
        {
            _ = section.Require(TextOrFile.FileKey(ServerKey), "write server_secret_key_file: PATH with the secret key that zmq_exporter keygen printed");
        }
        else if (TextOrFile.Read(section, ServerKey, "key", context) is { } text && !CurveKeyPair.TryParse(text.Text, out server, out var problem))
        {
            text.Where.Error($"the key {problem}", CurveBinder.Remedy);
        }

        var keys = ImmutableArray.CreateBuilder<CurvePublicKey>();
        foreach (var item in ReadEntries(section, "allowed_public_keys", Remedy))
        {
            if (item.ReadText(Remedy) is not { } text)
            {
                continue;
            }

            if (CurvePublicKey.TryParse(text, out var key, out var problem))
            {
                keys.Add(key);
            }
            else
            {
                item.Error($"the key {problem}", CurveBinder.Remedy);
            }
        }

        return server is null || keys.Count == 0 ? null : new ListenerSecurityConfig.Curve(server, keys.ToImmutable());
    }

    private static ImmutableArray<ConfigValue> ReadEntries(Section section, string key, string remedy)
    {
        if (section.Require(key, remedy) is not { } list || list.ReadItems(remedy) is not { } items)
        {
            return [];
        }

        if (items.IsEmpty)
        {
            list.Error("the list is empty: nobody could push", remedy);
        }

        if (items.Length > MostEntries)
        {
            list.Error(string.Create(CultureInfo.InvariantCulture, $"there are {items.Length} entries"), string.Create(CultureInfo.InvariantCulture, $"write {MostEntries} at most"));
            return [];
        }

        return items;
    }
}
