using System.Collections.Immutable;
using System.Text;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds a <c>security</c> section. No error of it shows a credential.</summary>
internal static class SecurityBinder
{
    // RFC 24, section "The PLAIN Handshake": each is a string with one octet of length.
    private const int MaxCredentialSize = 255;

    private static readonly ImmutableArray<string> PlainKeys = ["username", "password", "password_file"];

    private static readonly Choice<Func<Section, BindingContext, SecurityConfig?>> Mechanisms = new(
        "mechanism",
        [("null", BindNull), ("plain", BindPlain), ("curve", BindCurve)]);

    /// <summary>Binds the section; null after an error.</summary>
    public static SecurityConfig? Bind(ConfigValue value, BindingContext context)
    {
        const string Remedy = "write mechanism: null, mechanism: plain or mechanism: curve";
        if (Section.Open(value, Remedy) is not { } section)
        {
            return null;
        }

        section.CheckKeys(ConfigKeys.Security);
        if (section.Require("mechanism", Remedy) is { } mechanism
            && ReadMechanism(mechanism) is { } word
            && Mechanisms.TryFind(mechanism, word, out var bind))
        {
            return bind(section, context);
        }

        // The keys tell which one was meant: their errors do not wait for the next run.
        var (isPlain, isCurve) = (section.FindAll(PlainKeys).Any(), section.FindAll(CurveBinder.Keys).Any());
        _ = isPlain == isCurve ? null : isPlain ? BindPlain(section, context) : (SecurityConfig?)BindCurve(section, context);
        return null;
    }

    // To YAML, null is "no value"; here it is the name of a mechanism.
    /// <summary>The word for a mechanism; null after an error.</summary>
    public static string? ReadMechanism(ConfigValue mechanism) =>
        mechanism.Node is YamlScalar { IsNull: true, Text: "null" or "NULL" or "Null" } scalar
            ? scalar.Text
            : mechanism.ReadText("write null, plain or curve");

    private static SecurityConfig.Null? BindNull(Section section, BindingContext context) =>
        HasStrays(section, "null", PlainKeys, "plain") | HasStrays(section, "null", CurveBinder.Keys, "curve")
            ? null
            : new SecurityConfig.Null();

    private static SecurityConfig.Curve? BindCurve(Section section, BindingContext context)
    {
        var curve = CurveBinder.Bind(section, context);
        return HasStrays(section, "curve", PlainKeys, "plain") ? null : curve;
    }

    private static SecurityConfig.Plain? BindPlain(Section section, BindingContext context)
    {
        var hasStrays = HasStrays(section, "plain", CurveBinder.Keys, "curve");
        return ReadCredentials(section, context) is { } plain && !hasStrays ? plain : null;
    }

    /// <summary>Reads a user name and a password; null after an error.</summary>
    public static SecurityConfig.Plain? ReadCredentials(Section section, BindingContext context)
    {
        var username = section.Require("username", "write username: NAME")?.ReadText("write the user's name");
        if (username is not null && !FitsOctet(section.Find("username")!, username, "user name"))
        {
            username = null;
        }

        var password = ReadPassword(section, context);
        return username is null || password is null ? null : new SecurityConfig.Plain(username, new Secret(password));
    }

    /// <summary>Reports keys that another mechanism has.</summary>
    public static bool HasStrays(Section section, string mechanism, ImmutableArray<string> keys, string owner)
    {
        var strays = section.FindAll(keys).ToList();
        strays.ForEach(stray => stray.Error($"has no meaning with mechanism: {mechanism}", $"remove it, or set mechanism: {owner}"));
        return strays.Count > 0;
    }

    private static string? ReadPassword(Section section, BindingContext context)
    {
        if (!TextOrFile.IsPresent(section, "password"))
        {
            _ = section.Require("password_file", "write password_file: PATH, or password: ${NAME}");
            return null;
        }

        return TextOrFile.Read(section, "password", "password", context) is { } password && FitsOctet(password.Where, password.Text, "password")
            ? password.Text
            : null;
    }

    private static bool FitsOctet(ConfigValue value, string text, string noun)
    {
        if (Encoding.UTF8.GetByteCount(text) <= MaxCredentialSize)
        {
            return true;
        }

        value.Error($"the {noun} is longer than {MaxCredentialSize} bytes", "use a shorter one: PLAIN carries no more (RFC 24)");
        return false;
    }
}
