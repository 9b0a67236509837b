using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Binding;

namespace ZmqExporter.Tests.Configuration;

/// <summary><c>target_files</c>, <c>target_urls</c>, and what <c>defaults</c> says of targets.</summary>
public sealed class SourceConfigTests
{
    private const string Full = """
        target_files: [targets/*.yml, /abs/b.json]
        target_urls:
          - {url: "http://h/a"}
          - url: https://h/b?c=d
            refresh_interval: 5s
            timeout: 4s
            tls_config: {ca_file: one.txt, cert_file: one.txt, key_file: two.txt, server_name: other, min_version: TLS13}
            basic_auth: {username: me, password_file: one.txt}
          - url: https://h/c
            refresh_interval: 3s
            authorization: {credentials: abc}
        """;

    private static readonly ImmutableArray<SourceChange> Changes =
    [
        new("", "target_files", "target_files: [a.yml]", "target_files: [b.yml]"),
        new("", "target_urls", "target_urls: [{url: 'http://h/a'}]", "target_urls: []"),
        new("defaults", "labels", "defaults: {labels: {team: red}}", "defaults: {labels: {team: blue}}"),
        new("defaults", "modules", "defaults: {modules: [transport]}", "defaults: {modules: [reqrep_echo]}"),
        Url("url", "", ""),
        Url("refresh_interval", "refresh_interval: 20s", "refresh_interval: 30s"),
        Url("timeout", "timeout: 2s", "timeout: 3s"),
        Tls("ca_file", "ca_file: one.txt", "ca_file: two.txt"),
        Tls("cert_file", "cert_file: one.txt, key_file: one.txt", "cert_file: two.txt, key_file: one.txt"),
        Tls("key_file", "cert_file: one.txt, key_file: one.txt", "cert_file: one.txt, key_file: two.txt"),
        Tls("server_name", "server_name: a", "server_name: b"),
        Tls("insecure_skip_verify", "insecure_skip_verify: true", "insecure_skip_verify: false"),
        Tls("min_version", "min_version: TLS12", "min_version: TLS13"),
        Below("basic_auth", "username", "username: a, password: p", "username: b, password: p"),
        Below("basic_auth", "password", "username: a, password: p", "username: a, password: q"),
        Below("basic_auth", "password_file", "username: a, password_file: one.txt", "username: a, password_file: two.txt"),
        Listener("security", "security: {mechanism: null}", "security: {mechanism: plain, users: [{username: a, password: p}]}"),
        Listener("mechanism", "security: {mechanism: null}", "security: {mechanism: plain, users: [{username: a, password: p}]}"),
        Listener("users", "security: {mechanism: plain, users: [{username: a, password: p}]}", "security: {mechanism: plain, users: [{username: a, password: p}, {username: b, password: p}]}"),
        Listener("username", "security: {mechanism: plain, users: [{username: a, password: p}]}", "security: {mechanism: plain, users: [{username: b, password: p}]}"),
        Listener("password", "security: {mechanism: plain, users: [{username: a, password: p}]}", "security: {mechanism: plain, users: [{username: a, password: q}]}"),
        Listener("password_file", "security: {mechanism: plain, users: [{username: a, password_file: one.txt}]}", "security: {mechanism: plain, users: [{username: a, password_file: two.txt}]}"),
        Listener("server_secret_key", Curve($"server_secret_key: '{Secrets[0]}', allowed_public_keys: ['{Publics[0]}']"), Curve($"server_secret_key: '{Secrets[1]}', allowed_public_keys: ['{Publics[0]}']")),
        Listener("allowed_public_keys", Curve($"server_secret_key: '{Secrets[0]}', allowed_public_keys: ['{Publics[0]}']"), Curve($"server_secret_key: '{Secrets[0]}', allowed_public_keys: ['{Publics[1]}']")),
        Listener("server_secret_key_file", Curve($"server_secret_key_file: secret.txt, allowed_public_keys: ['{Publics[0]}']"), Curve($"server_secret_key_file: other_secret.txt, allowed_public_keys: ['{Publics[0]}']")),
        Below("authorization", "type", "type: A, credentials: p", "type: B, credentials: p"),
        Below("authorization", "credentials", "credentials: p", "credentials: q"),
        Below("authorization", "credentials_file", "credentials_file: one.txt", "credentials_file: two.txt"),
    ];

    private static ImmutableArray<string> Publics => ["rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"];

    private static ImmutableArray<string> Secrets => ["D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs", "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"];

    private static SourceChange Listener(string key, string before, string after) => new(
        key == "security" ? "heartbeat_listener" : key is "username" or "password" or "password_file" ? "heartbeat_listener.security.users[*]" : "heartbeat_listener.security",
        key, $"heartbeat_listener: {{{before}}}", $"heartbeat_listener: {{{after}}}");

    private static string Curve(string keys) => $"security: {{mechanism: curve, {keys}}}";

    /// <summary>The keys whose changes are tested here.</summary>
    internal static IEnumerable<(string Place, string Key)> Keys =>
    [
        .. Changes.Select(change => (change.Place, change.Key)),
        .. new[] { "tls_config", "basic_auth", "authorization" }.Select(key => (ConfigKeys.TargetUrl.Place, key)),
    ];

    [Fact]
    public void Load_Sources_AreReadWithTheirDefaults()
    {
        var config = Load(Full);

        Assert.Equal([new("targets/*.yml", "/etc/zmq/targets/*.yml"), new("/abs/b.json", "/abs/b.json")], config.TargetFiles);
        Assert.Equal(new TargetUrlConfig("http://h/a", "http://h/a", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10)), config.TargetUrls[0]);
        Assert.Equal(
            new TargetUrlConfig("https://h/b?c=d", "https://h/b?c=d", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(4))
            {
                Tls = new HttpTlsConfig
                {
                    CaFile = "/etc/zmq/one.txt",
                    CertFile = "/etc/zmq/one.txt",
                    KeyFile = "/etc/zmq/two.txt",
                    ServerName = "other",
                    NeedsTls13 = true,
                },
                Credentials = new HttpCredentials.Basic("me", new SecretSource(null, "/etc/zmq/one.txt")),
            },
            config.TargetUrls[1]);
        Assert.Equal(TimeSpan.FromSeconds(3), config.TargetUrls[2].Timeout); // at most the interval
        Assert.Equal(new HttpCredentials.Token("Bearer", new SecretSource(new Secret("abc"), null)), config.TargetUrls[2].Credentials);
    }

    [Fact]
    public void Load_UrlFromTheEnvironment_IsNamedAsItIsWritten()
    {
        var url = Assert.Single(Parsed.Config("target_urls: [{url: \"http://h/${KEY}\"}]", Parsed.Inputs(new(StringComparer.Ordinal) { ["KEY"] = "hunter2" })).TargetUrls);

        Assert.Equal("http://h/${KEY}", url.Name);
        Assert.Equal("http://h/hunter2", url.Url);
    }

    [Fact]
    public void Load_OneKeyOfASourceChanged_IsAnotherConfig()
    {
        foreach (var change in Changes)
        {
            Assert.Equal(Load(change.Before), Load(change.Before));
            Assert.Equal(Load(change.Before).GetHashCode(), Load(change.Before).GetHashCode());
            Assert.True(Load(change.Before) != Load(change.After), change.Key);
        }
    }

    [Fact]
    public void ToString_OfCredentials_ShowsNoSecret() =>
        Assert.DoesNotContain("hunter2", Load("target_urls: [{url: 'http://h/a', authorization: {credentials: hunter2}}]").TargetUrls[0].ToString(), StringComparison.Ordinal);

    private static SourceChange Url(string key, string before, string after) => new(
        ConfigKeys.TargetUrl.Place,
        key,
        $"target_urls: [{{url: 'http://h/a', {before}}}]",
        $"target_urls: [{{url: 'http://h/{(key == "url" ? 'b' : 'a')}', {after}}}]");

    private static SourceChange Tls(string key, string before, string after) => Below("tls_config", key, before, after);

    private static SourceChange Below(string section, string key, string before, string after) => new(
        $"{ConfigKeys.TargetUrl.Place}.{section}",
        key,
        $"target_urls: [{{url: 'https://h/a', {section}: {{{before}}}}}]",
        $"target_urls: [{{url: 'https://h/a', {section}: {{{after}}}}}]");

    private static ExporterConfig Load(string text) => Parsed.Config(text, Parsed.Inputs(files: ConfigVariants.Files));

    private sealed record SourceChange(string Place, string Key, string Before, string After);
}
