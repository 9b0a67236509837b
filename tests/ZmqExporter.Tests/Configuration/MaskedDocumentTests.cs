using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.Tests.Configuration;

public sealed class MaskedDocumentTests
{
    private const string Secret = "s3cr3t-word";

    private const string Config = $$"""
        # a comment may have {{Secret}}
        x-password: &password {{Secret}}-1
        defaults: {interval: 5s}
        modules:
          ping:
            prober: request
            send: [ping, {hex: "00"}]
            expect: [{equals: "pong: #1"}]
            security: {mechanism: plain, username: "${USER_NAME}", password: *password}
        target_urls:
          - url: http://h/sd
            basic_auth: {username: u, password: "{{Secret}}-2"}
          - {url: http://h/sd2, authorization: {credentials: "{{Secret}}-3"} }
        targets:
          - name: "a: b"
            endpoint: tcp://h:1
            modules: [ping]
            labels: {}
        """;

    [Fact]
    public void Of_Config_HasAllOfItButSecretsAndComments()
    {
        var text = Shown(Config);
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody", text, StringComparison.Ordinal); // the variable's value
        Assert.Equal(
            """
            x-password: <secret>
            defaults:
              interval: 5s
            modules:
              ping:
                prober: request
                send:
                  - ping
                  - hex: "00"
                expect:
                  - equals: "pong: #1"
                security:
                  mechanism: plain
                  username: "${USER_NAME}"
                  password: <secret>
            target_urls:
              - url: http://h/sd
                basic_auth:
                  username: u
                  password: <secret>
              - url: http://h/sd2
                authorization:
                  credentials: <secret>
            targets:
              - name: "a: b"
                endpoint: tcp://h:1
                modules:
                  - ping
                labels: {}

            """,
            text);
    }

    // What is shown is a config again, but for the secrets.
    [Fact]
    public void Of_ConfigWithoutSecrets_IsTheSameConfig()
    {
        const string Plain = "modules:\n  q:\n    prober: request\n    send:\n      - a, b]\n      - c\\d\"e \U0001F600\n    expect:\n      - matches: ^a\\d+\"x$\n  p: {prober: request, send: [\"a\\tb: 'c'\", {json: {k: [1, {x: y}]}}], expect: [{equals: \"\\\"\"}]}\n"
            + "targets: [{name: ü, endpoint: \"ipc:///x\", modules: [p, transport], labels: {team: \"x y\"}}]\n";
        var first = Load(Plain);
        var again = Load(Encoding.UTF8.GetString(first.Document.Span));
        Assert.Equal(first.Config, again.Config);
        Assert.Equal(first.Document.ToArray(), again.Document.ToArray());
    }

    private static string Shown(string text) => Encoding.UTF8.GetString(Load(text).Document.Span);

    private static ConfigResult Load(string text)
    {
        var result = ConfigLoader.Parse(text, "zmq_exporter.yml", ConfigInputs.System with { Environment = name => name == "USER_NAME" ? "nobody" : null });
        Assert.Empty(result.Errors);
        return result;
    }
}
