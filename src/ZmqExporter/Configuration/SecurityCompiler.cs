using System.Collections.Immutable;
using System.Text;
using ZmqExporter.Configuration.Yaml;

namespace ZmqExporter.Configuration;

/// <summary>Compiles a <c>security</c> section. No error of it shows a credential.</summary>
internal static class SecurityCompiler
{
    // RFC 24, section "The PLAIN Handshake": each is a string with one octet of length.
    private const int MaxCredentialSize = 255;

    private static readonly ImmutableArray<string> PlainKeys = ["username", "password", "password_file"];

    private static readonly Choice<Func<Section, CompilationContext, SecurityConfig?>> Mechanisms = new(
        "mechanism",
        [("null", CompileNull), ("plain", CompilePlain)],
        later: ["curve"]);

    /// <summary>Compiles the section; null after an error.</summary>
    public static SecurityConfig? Compile(ConfigValue value, CompilationContext context)
    {
        const string Remedy = "write mechanism: null or mechanism: plain";
        if (Section.Open(value, Remedy) is not { } section
            || section.Require("mechanism", Remedy) is not { } mechanism
            || ReadMechanism(mechanism) is not { } word
            || !Mechanisms.TryFind(mechanism, word, out var compile))
        {
            return null;
        }

        section.CheckKeys(ConfigKeys.Security);
        return compile(section, context);
    }

    // To YAML, null is "no value"; here it is the name of a mechanism.
    private static string? ReadMechanism(ConfigValue mechanism) =>
        mechanism.Node is YamlScalar { IsNull: true, Text: "null" or "NULL" or "Null" } scalar
            ? scalar.Text
            : mechanism.ReadText("write null or plain");

    private static SecurityConfig.Null? CompileNull(Section section, CompilationContext context)
    {
        var strays = section.FindAll(PlainKeys).ToList();
        strays.ForEach(stray => stray.Error("has no meaning with mechanism: null", "remove it, or set mechanism: plain"));
        return strays.Count == 0 ? new SecurityConfig.Null() : null;
    }

    private static SecurityConfig.Plain? CompilePlain(Section section, CompilationContext context)
    {
        var username = section.Require("username", "write username: NAME")?.ReadText("write the user's name");
        if (username is not null && !FitsOctet(section.Find("username")!, username, "user name"))
        {
            username = null;
        }

        var password = ReadPassword(section, context);
        return username is null || password is null ? null : new SecurityConfig.Plain(username, new Secret(password));
    }

    private static string? ReadPassword(Section section, CompilationContext context)
    {
        var file = section.Find("password_file");
        if (section.Find("password") is not { } inline)
        {
            file ??= section.Require("password_file", "write password_file: PATH, or password: ${NAME}");
            return file is not null && SecretFile.Read(file, context) is { } secret && FitsOctet(file, secret, "password") ? secret : null;
        }

        if (file is not null)
        {
            file.Error("there is a password as well", "keep password_file and remove password");
            return null;
        }

        if (inline.ReadText("write the password in quotes, or use password_file") is not { } text)
        {
            return null;
        }

        // Written as "" it is meant; from the environment it is a variable that somebody forgot to fill.
        if (text.Length == 0 && inline.IsFromEnvironment)
        {
            inline.Error($"{inline.Shown} is empty", "set the variable to the password, or use password_file");
            return null;
        }

        return FitsOctet(inline, text, "password") ? text : null;
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
