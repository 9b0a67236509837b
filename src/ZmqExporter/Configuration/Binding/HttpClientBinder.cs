using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds what Prometheus calls the HTTP client config: TLS, and who asks. No error of it shows a credential.</summary>
internal static class HttpClientBinder
{
    private static readonly Choice<bool> Flags = new("value for insecure_skip_verify", [("true", true), ("false", false)]);
    private static readonly Choice<bool> Versions = new("version of TLS", [("TLS12", false), ("TLS13", true)]);

    /// <summary>Binds <c>tls_config</c>.</summary>
    /// <param name="value">The section, or null.</param>
    /// <param name="isHttps">Whether the URL has TLS at all.</param>
    /// <param name="context">What the load shares.</param>
    public static HttpTlsConfig BindTls(ConfigValue? value, bool isHttps, BindingContext context)
    {
        if (value is null || Section.Open(value, ConfigKeys.TlsClient) is not { } section)
        {
            return new HttpTlsConfig();
        }

        if (!isHttps)
        {
            value.Error("the URL has no TLS", "write https:// in the URL, or remove tls_config");
        }

        if (section.Find("cert_file") is null != section.Find("key_file") is null)
        {
            value.Error("cert_file and key_file belong together", "write both, or neither");
        }

        var tls = new HttpTlsConfig
        {
            CaFile = ReadPath(section.Find("ca_file"), "certificates", context),
            CertFile = ReadPath(section.Find("cert_file"), "certificate", context),
            KeyFile = ReadPath(section.Find("key_file"), "key", context),
            ServerName = section.Find("server_name")?.ReadText("write the name in the server's certificate"),
            InsecureSkipVerify = section.Find("insecure_skip_verify") is { } skip && Flags.TryRead(skip, out var skips) && skips,
            NeedsTls13 = section.Find("min_version") is { } version && Versions.TryRead(version, out var needs) && needs,
        };
        if (tls.InsecureSkipVerify && (section.Find("ca_file") ?? section.Find("server_name")) is { } inVain)
        {
            inVain.Error("does nothing with insecure_skip_verify: true", "remove one of the two");
        }

        return tls;
    }

    /// <summary>Binds <c>basic_auth</c> and <c>authorization</c>; null without both, and after an error.</summary>
    public static HttpCredentials? BindCredentials(Section section, BindingContext context)
    {
        var basic = section.Find("basic_auth");
        var authorization = section.Find("authorization");
        if (basic is not null && authorization is not null)
        {
            authorization.Error("there is basic_auth as well", "keep one of the two");
        }

        return basic is not null ? BindBasic(basic, context) : authorization is not null ? BindToken(authorization, context) : null;
    }

    private static HttpCredentials.Basic? BindBasic(ConfigValue value, BindingContext context)
    {
        if (Section.Open(value, ConfigKeys.BasicAuth) is not { } section)
        {
            return null;
        }

        var username = section.Require("username", "write username: NAME")?.ReadText("write the user's name");
        var password = ReadSecret(section, "password", "password", context);
        return username is null || password is null ? null : new HttpCredentials.Basic(username, password);
    }

    private static HttpCredentials.Token? BindToken(ConfigValue value, BindingContext context)
    {
        if (Section.Open(value, ConfigKeys.Authorization) is not { } section)
        {
            return null;
        }

        var scheme = "Bearer";
        if (section.Find("type") is { } type && type.ReadText("write a type such as Bearer") is { } word)
        {
            scheme = word;
            if (word.Equals("basic", StringComparison.OrdinalIgnoreCase))
            {
                type.Error($"type {type.Shown} needs a user name and a password", "write basic_auth: {username: .., password_file: ..}");
            }
            else if (word.Length == 0 || word.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
            {
                type.Error($"{type.Shown} is not a type of authorization", "write one word, such as Bearer");
            }
        }

        return ReadSecret(section, "credentials", "credentials", context) is { } credentials ? new HttpCredentials.Token(scheme, credentials) : null;
    }

    // The file is read here to say at once what is wrong with it, and again for each request, because such secrets rotate.
    private static SecretSource? ReadSecret(Section section, string key, string noun, BindingContext context)
    {
        if (!TextOrFile.IsPresent(section, key))
        {
            _ = section.Require(TextOrFile.FileKey(key), $"write {TextOrFile.FileKey(key)}: PATH, or {key}: ${{NAME}}");
            return null;
        }

        if (TextOrFile.Read(section, key, noun, context) is not { } secret)
        {
            return null;
        }

        return section.Find(key) is null
            ? new SecretSource(null, Path.Combine(context.Directory, ((YamlScalar)secret.Where.Node).Text))
            : new SecretSource(new Secret(secret.Text), null);
    }

    private static string? ReadPath(ConfigValue? value, string noun, BindingContext context) =>
        value is not null && SecretFile.Read(value, noun, context) is not null
            ? Path.Combine(context.Directory, ((YamlScalar)value.Node).Text)
            : null;
}
