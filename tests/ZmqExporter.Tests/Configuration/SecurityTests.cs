using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.Tests.Configuration;

public class SecurityTests
{
    // The keys of zmq_curve_keypair(3).
    private const string PublicKey = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
    private const string SecretKey = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";

    private static readonly ConfigInputs CurveInputs = Parsed.Inputs(
        new(StringComparer.Ordinal) { ["PUBLIC"] = PublicKey, ["SECRET"] = SecretKey },
        new(StringComparer.Ordinal) { ["/etc/zmq/server.pub"] = PublicKey + "\n", ["/etc/zmq/client.key"] = SecretKey + "\r\n" });

    [Theory]
    [InlineData("null")]
    [InlineData("'null'")]
    public void Mechanism_Null_IsTheNullMechanism(string word) =>
        Assert.IsType<SecurityConfig.Null>(Parsed.Config(Parsed.Ping + $"    security: {{mechanism: {word}}}\n").Modules["ping"].Security);

    [Theory]
    [InlineData("password: hunter2", "hunter2")]
    [InlineData("password: ''", "")]
    [InlineData("password: ${PASSWORD}", "from the environment")]
    [InlineData("password_file: secrets/unix.txt", "from a file")]
    [InlineData("password_file: secrets/windows.txt", "from a file")]
    [InlineData("password_file: secrets/two.txt", "line one\nline two\n")]
    [InlineData("password_file: /run/absolute.txt", "absolute")]
    [InlineData("password_file: ${WHERE}", "absolute")]
    public void Plain_Password_ComesFromTextEnvironmentOrFile(string key, string expected)
    {
        var inputs = Parsed.Inputs(
            new(StringComparer.Ordinal) { ["PASSWORD"] = "from the environment", ["WHERE"] = "/run/absolute.txt" },
            new(StringComparer.Ordinal)
            {
                ["/etc/zmq/secrets/unix.txt"] = "from a file\n",
                ["/etc/zmq/secrets/windows.txt"] = "from a file\r\n",
                ["/etc/zmq/secrets/two.txt"] = "line one\nline two\n\n",
                ["/run/absolute.txt"] = "absolute",
            });

        var config = Parsed.Config(Parsed.Ping + $"    security:\n      mechanism: plain\n      username: probe\n      {key}\n", inputs);

        var plain = Assert.IsType<SecurityConfig.Plain>(config.Modules["ping"].Security);
        Assert.Equal(("probe", expected), (plain.Username, plain.Password.Value));
    }

    [Theory]
    [InlineData("server_public_key: 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7'", "client_secret_key: 'D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs'")]
    [InlineData("server_public_key: ${PUBLIC}", "client_secret_key: ${SECRET}")]
    [InlineData("server_public_key_file: server.pub", "client_secret_key_file: client.key")]
    public void Curve_Keys_ComeFromTextEnvironmentOrFile(string server, string client)
    {
        var config = Parsed.Config(Parsed.Ping + $"    security:\n      mechanism: curve\n      {server}\n      {client}\n", CurveInputs);

        var curve = Assert.IsType<SecurityConfig.Curve>(config.Modules["ping"].Security);
        Assert.Equal(PublicKey, curve.Server.ToString());
        Assert.Equal(SecretKey, curve.Client.ExportSecretKey());
    }

    [Fact]
    public void Curve_WithoutAClientKey_HasTheSameOneAfterAReload()
    {
        const string Text = Parsed.Ping + "    security: {mechanism: curve, server_public_key_file: server.pub}\n";

        var first = Parsed.Config(Text, CurveInputs).Modules["ping"].Security;
        var second = Parsed.Config(Text, CurveInputs).Modules["ping"].Security;

        Assert.Equal(first, second);
        Assert.IsType<SecurityConfig.Curve>(first);
    }

    [Fact]
    public void ToString_OfConfig_ShowsNoSecretKey()
    {
        var config = Parsed.Config(Parsed.Ping + $"    security: {{mechanism: curve, server_public_key: '{PublicKey}', client_secret_key: '{SecretKey}'}}\n");

        Assert.DoesNotContain(SecretKey, config.Modules["ping"].ToString(), StringComparison.Ordinal);
        Assert.Contains(PublicKey, config.Modules["ping"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Curve_BadSecretKey_IsNotInTheError()
    {
        var bad = SecretKey[..^1] + ",";

        var errors = Parsed.Errors(Parsed.Ping + $"    security: {{mechanism: curve, server_public_key: '{PublicKey}', client_secret_key: '{bad}'}}\n");

        Assert.DoesNotContain(bad[..8], Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    // A usual slip: the password stands where the name of its file should.
    [Theory]
    [InlineData("password_file: hunter2secret", "username: probe, ")]
    [InlineData("password_file: /srv/hunter2secret", "username: probe, ")]
    public void Plain_PasswordInsteadOfItsFile_IsNotInTheError(string key, string username)
    {
        var error = Assert.Single(Parsed.Errors(Parsed.Ping + $"    security: {{mechanism: plain, {username}{key}}}\n")).ToString();

        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
        Assert.Contains("security.password_file: the file does not exist", error, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_OfConfig_ShowsNoPassword()
    {
        var config = Parsed.Config(Parsed.Ping + "    security: {mechanism: plain, username: probe, password: hunter2}\n");

        Assert.DoesNotContain("hunter2", config.Modules["ping"].ToString(), StringComparison.Ordinal);
        Assert.Contains("<secret>", config.Modules["ping"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FromDisk_ReadsConfigAndSecretBesideIt()
    {
        var directory = Directory.CreateTempSubdirectory("zmq_exporter_test");
        try
        {
            var path = Path.Combine(directory.FullName, "zmq_exporter.yml");
            File.WriteAllText(path, Parsed.Ping + "    security: {mechanism: plain, username: probe, password_file: key}\n");
            File.WriteAllText(Path.Combine(directory.FullName, "key"), "hunter2\n");

            var plain = Assert.IsType<SecurityConfig.Plain>(ConfigLoader.Load(path).Config!.Modules["ping"].Security);

            Assert.Equal("hunter2", plain.Password.Value);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("missing.yml", "does not exist")]
    [InlineData("", "is a directory")]
    public void Load_UnreadableFile_NamesIt(string name, string reason)
    {
        var path = Path.Combine(Path.GetTempPath(), name);

        var error = Assert.Single(ConfigLoader.Load(path).Errors);

        Assert.StartsWith($"{path}: the config file {reason}", error.ToString(), StringComparison.Ordinal);
    }
}
