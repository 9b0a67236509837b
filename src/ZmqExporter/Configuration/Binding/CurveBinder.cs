using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;
using Zmtp.Security;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds the keys of <c>mechanism: curve</c>. No error of it shows a key.</summary>
internal static class CurveBinder
{
    private const string ServerKey = "server_public_key";
    private const string ClientKey = "client_secret_key";
    /// <summary>How to mend a key.</summary>
    public const string Remedy = "write the 40 characters that zmq_exporter keygen or zmq_curve_keypair() printed, inside quotes or alone in the file";

    // One for the whole process: the same after a reload, so that modules without a key of their own do not change by it.
    private static readonly Lazy<CurveKeyPair> Anonymous = new(CurveKeyPair.Generate);

    /// <summary>The mechanism's keys.</summary>
    public static ImmutableArray<string> Keys { get; } = [ServerKey, TextOrFile.FileKey(ServerKey), ClientKey, TextOrFile.FileKey(ClientKey)];

    /// <summary>Binds the section; null after an error.</summary>
    public static SecurityConfig.Curve? Bind(Section section, BindingContext context)
    {
        var server = ReadServer(section, context);
        var isMadeUp = !TextOrFile.IsPresent(section, ClientKey);
        var client = isMadeUp ? Anonymous.Value : ReadClient(section, context);
        return server is null || client is null ? null : new SecurityConfig.Curve(server, client) { IsClientMadeUp = isMadeUp };
    }

    private static CurvePublicKey? ReadServer(Section section, BindingContext context)
    {
        if (!TextOrFile.IsPresent(section, ServerKey))
        {
            _ = section.Require(ServerKey, "write server_public_key: \"KEY\" with the server's public key in Z85, or server_public_key_file: PATH");
            return null;
        }

        if (TextOrFile.Read(section, ServerKey, "key", context) is not { } text)
        {
            return null;
        }

        if (!CurvePublicKey.TryParse(text.Text, out var key, out var problem))
        {
            text.Where.Error($"the key {problem}", Remedy);
        }

        return key;
    }

    private static CurveKeyPair? ReadClient(Section section, BindingContext context)
    {
        if (TextOrFile.Read(section, ClientKey, "key", context) is not { } text)
        {
            return null;
        }

        if (!CurveKeyPair.TryParse(text.Text, out var pair, out var problem))
        {
            text.Where.Error($"the key {problem}", Remedy);
        }

        return pair;
    }
}
