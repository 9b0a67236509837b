using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Web;
using ZmqExporter.Http.Protection;

namespace ZmqExporter.Tests.Http.Protection;

public sealed class WebConfigStoreTests
{
    private readonly FakeLogCollector _logs = new();
    private readonly FakeTimeProvider _time = new();
    private WebConfigResult _file = Good("first");
    private string _state = "1";
    private readonly List<bool> _inForce = [];
    private int _loads;

    [Fact]
    public void Get_UnchangedFiles_ReadsNothing()
    {
        var store = Start();

        Assert.Equal("first", UserOf(store.Get()));
        Assert.Equal("first", UserOf(store.Get()));
        Assert.Equal(0, _loads);
    }

    [Fact]
    public void Get_ChangedFile_IsInForceAtOnce()
    {
        var store = Start();
        Write("2", Good("second"));

        Assert.Equal("second", UserOf(store.Get()));
        Assert.Equal("second", UserOf(store.Get()));
        Assert.Equal(1, _loads);
        Assert.Equal("web config read again", Assert.Single(_logs.GetSnapshot()).Message);
    }

    [Fact]
    public void Get_BrokenFile_KeepsTheLastGoodOneAndSaysSoOnce()
    {
        var store = Start();
        Write("2", Broken("first error", "second error"));

        Assert.Equal("first", UserOf(store.Get()));
        Assert.Equal("first", UserOf(store.Get()));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("first", UserOf(store.Get())); // read again, and as bad as before
        Assert.Equal(2, _loads);
        Assert.Equal(3, _logs.GetSnapshot().Count(line => line.Level == LogLevel.Error));

        Write("3", Good("mended"));
        Assert.Equal("mended", UserOf(store.Get()));
    }

    [Fact]
    public void Get_FileThatWasUnreadableForAMoment_IsReadLater()
    {
        var store = Start();
        Write("2", Broken("too many open files"));
        _ = store.Get();
        _file = Good("second") with { Files = _file.Files }; // nothing to see from outside
        Assert.Equal("first", UserOf(store.Get()));

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("second", UserOf(store.Get()));
    }

    [Fact]
    public void Get_FileThatTurnsTlsOnOrOff_ChangesAllElse()
    {
        var store = Start();
        Write("2", Good("second", new TlsServerConfig { Certificate = new CertificateWithChain(null!, []) }));

        Assert.Equal("second", UserOf(store.Get())); // who was locked out is
        Assert.Null(store.Get().Tls);
        Assert.Equal([false], _inForce);
        Assert.Contains(_logs.GetSnapshot(), line => line.GetStructuredStateValue("error")?.Contains("TLS cannot be turned on or off", StringComparison.Ordinal) == true);
    }

    // Certificates were to take the passwords' place.
    [Fact]
    public void Get_FileThatTurnsTlsOnAndHasNoPasswords_OpensNothing()
    {
        var store = Start();
        Write("2", new WebConfigResult(new WebConfig { Tls = new TlsServerConfig { Certificate = new CertificateWithChain(null!, []) } }, [], [], []));

        Assert.Equal("first", UserOf(store.Get()));
    }

    [Fact]
    public void Get_BrokenAndMended_IsToldEachTime()
    {
        var store = Start();
        Write("2", Broken("an error"));
        _ = store.Get();
        Write("3", Good("mended"));
        _ = store.Get();

        Assert.Equal([false, true], _inForce);
    }

    // A certificate that was replaced by one that has expired.
    [Fact]
    public void Get_WarningThatIsNew_IsLogged()
    {
        var old = new ConfigError("web.yml", 1, 1, "", "in clear text", "");
        _file = _file with { Warnings = [old] };
        var store = Start();
        Write("2", Good("second") with { Warnings = [old, new ConfigError("web.yml", 2, 1, "", "the certificate expired", "")] });
        _ = store.Get();

        Assert.Contains("the certificate expired", Assert.Single(_logs.GetSnapshot(), line => line.Level == LogLevel.Warning).GetStructuredStateValue("warning"), StringComparison.Ordinal);
    }

    private static string UserOf(WebConfig config) => Assert.Single(config.Users).Key;

    private static WebConfigResult Good(string user, TlsServerConfig? tls = null) => new(
        new WebConfig { Tls = tls, Users = ImmutableSortedDictionary.Create<string, Secret>(StringComparer.Ordinal).Add(user, new Secret("hash")) }, [], [], [new FileState("web.yml", "1")]);

    private static WebConfigResult Broken(params string[] errors) => new(
        null, [.. errors.Select(error => new ConfigError("web.yml", 1, 1, "", error, ""))], [], [new FileState("web.yml", "1")]);

    private void Write(string state, WebConfigResult file)
    {
        _state = state;
        _file = file with { Files = [new FileState("web.yml", state)] };
    }

    private WebConfigStore Start() => new(
        _file,
        () =>
        {
            _loads++;
            return _file;
        },
        _ => _state,
        _time,
        new FakeLogger<WebConfigStore>(_logs))
    {
        OnRead = (isInForce, _) => _inForce.Add(isInForce),
    };
}
