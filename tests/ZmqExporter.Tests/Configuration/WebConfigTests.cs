using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Configuration.Web;
using ZmqExporter.Configuration.WebBinding;

namespace ZmqExporter.Tests.Configuration;

/// <summary>Every rule of the web config has a bad file and the errors that it must give, word for word.</summary>
public sealed class WebConfigTests
{
    private const string GoldenSuffix = ".errors.txt";

    private static readonly string Bad = Path.Combine(AppContext.BaseDirectory, "Configuration", "BadWeb");
    private static readonly string Good = Path.Combine(AppContext.BaseDirectory, "Configuration", "GoodWeb");

    public static TheoryData<string> BadNames => NamesIn(Bad);

    public static TheoryData<string> GoodNames => NamesIn(Good);

    [Theory]
    [MemberData(nameof(BadNames))]
    public void Load_BadFile_GivesItsGoldenErrors(string name)
    {
        var golden = Path.Combine(Bad, name + GoldenSuffix);
        Assert.True(File.Exists(golden), $"{name} has no golden errors");

        var result = Load(Bad, name + ".yml");

        Assert.Null(result.Config);
        Assert.Equal(File.ReadAllText(golden), string.Concat(result.Errors.Select(error => $"{error}\n")));
        Assert.All(result.Errors, error => Assert.NotEmpty(error.Remedy));
    }

    [Theory]
    [MemberData(nameof(GoodNames))]
    public void Load_GoodFile_HasNoErrors(string name) => Assert.Empty(Load(Good, name + ".yml").Errors);

    [Theory]
    [MemberData(nameof(BadNames))]
    public void Load_BadFile_ShowsNoSecret(string name) =>
        Assert.DoesNotContain(Load(Bad, name + ".yml").Errors, error => error.ToString().Contains("hunter2", StringComparison.Ordinal));

    [Fact]
    public void Load_Everything_BindsIt()
    {
        var config = Parse(
            """
            tls_server_config:
              cert_file: good.crt
              key_file: good.key
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: ca.crt
              client_allowed_sans: [prometheus]
              min_version: TLS12
              max_version: TLS12
              cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]
            http_server_config: {http2: false, headers: {X-Frame-Options: deny, X-XSS-Protection: ""}}
            basic_auth_users: {alice: $2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG}
            rate_limit: {interval: 1m0.5s, burst: 7}
            """).Config!;

        var tls = config.Tls!;
        Assert.Equal("CN=server", tls.Certificate.Leaf.Subject);
        Assert.True(tls.Certificate.Leaf.HasPrivateKey);
        Assert.Equal(ClientAuthentication.RequireAndVerify, tls.ClientAuthentication);
        Assert.Equal("CN=test root", Assert.Single(tls.ClientAuthorities).Subject);
        Assert.Equal("prometheus", Assert.Single(tls.ClientAllowedNames));
        Assert.Equal(SslProtocols.Tls12, tls.Versions);
        Assert.Contains(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.CipherSuites);
        Assert.False(config.Http2);
        Assert.Equal(new("X-Frame-Options", "deny"), Assert.Single(config.Headers));
        Assert.Equal("alice", Assert.Single(config.Users).Key);
        Assert.Equal(new RateLimitConfig(TimeSpan.FromSeconds(60.5), 7), config.RateLimit);
    }

    [Fact]
    public void Load_Nothing_IsPlainHttpForEverybody() => Assert.Equal(new WebConfig(), Parse("").Config);

    [Fact]
    public void Load_InlineCertificates_AreAsGoodAsFiles()
    {
        static string Indented(string name) => WebConfigFiles.All[name].Replace("\n", "\n    ", StringComparison.Ordinal);
        var config = Parse(
            $"""
            tls_server_config:
              client_auth_type: RequireAndVerifyClientCert
              cert: |
                {Indented("good.crt")}
              key: |
                {Indented("good.key")}
              client_ca: |
                {Indented("ca.crt")}
            """).Config!;

        Assert.True(config.Tls!.Certificate.Leaf.HasPrivateKey);
        Assert.Equal("CN=test root", Assert.Single(config.Tls.ClientAuthorities).Subject);
    }

    [Theory]
    [InlineData("tls_server_config: {cert_file: expired.crt, key_file: expired.key}", "the certificate expired at")]
    [InlineData("tls_server_config: {min_version: TLS13}", "there is no certificate, so HTTP is served without TLS")]
    [InlineData("tls_server_config: {cert_file: good.crt, key_file: good.key, min_version: TLS11}", "TLS 1.0 and 1.1 are insecure")]
    [InlineData("tls_server_config: {cert_file: good.crt, key_file: good.key, curve_preferences: [X25519]}", "curve_preferences: has no effect")]
    [InlineData("tls_server_config: {cert_file: good.crt, key_file: good.key, prefer_server_cipher_suites: false}", "prefer_server_cipher_suites: has no effect")]
    [InlineData("tls_server_config: {cert_file: good.crt, key_file: good.key, cipher_suites: [TLS_AES_128_GCM_SHA256]}", "all of them are offered")]
    [InlineData("tls_server_config: {cert_file: good.crt, key_file: good.key, client_auth_type: RequireAnyClientCert, client_allowed_sans: [a]}", "protects nothing")]
    [InlineData("basic_auth_users: {a: $2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG}", "in clear text")]
    [InlineData("tls_server_config: {cert_file: good.crt, key_file: good.key}\nbasic_auth_users: {a: $2y$15$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG}", "has a cost of 15")]
    public void Load_WhatDoesNotDoWhatItSays_Warns(string text, string warning)
    {
        var result = Parse(text);

        Assert.NotNull(result.Config);
        Assert.Contains(warning, Assert.Single(result.Warnings).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Files_AreThoseThatWereRead() => Assert.Equal(
        ["web.yml", "good.crt", "good.key"],
        Parse("tls_server_config: {cert_file: good.crt, key_file: good.key}").Files.Select(file => file.Path),
        StringComparer.Ordinal);

    [Fact]
    public void Documentation_NamesEveryKey()
    {
        var text = Repository.Read("docs/web-config.md");

        Assert.DoesNotContain(
            WebConfigKeys.All.SelectMany(table => table.Keys), key => !text.Contains($"`{key}`", StringComparison.Ordinal));
    }

    private static WebConfigResult Load(string directory, string file) => WebConfigLoader.Load(file, Inputs(File.ReadAllBytes(Path.Combine(directory, file)), file), Clock());

    private static WebConfigResult Parse(string text) => WebConfigLoader.Load("web.yml", Inputs(System.Text.Encoding.UTF8.GetBytes(text), "web.yml"), Clock());

    // The certificates are made when the tests run.
    private static FakeTimeProvider Clock() => new(TimeProvider.System.GetUtcNow());

    private static ConfigInputs Inputs(byte[] text, string file) => new()
    {
        Environment = _ => throw new InvalidOperationException("the environment has no part in this"),
        ReadFile = (path, _) => path == file ? text
            : WebConfigFiles.All.TryGetValue(path, out var content) ? System.Text.Encoding.UTF8.GetBytes(content)
            : throw new FileNotFoundException(),
    };

    private static TheoryData<string> NamesIn(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*.yml").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];
}
