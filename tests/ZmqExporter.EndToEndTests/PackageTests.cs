using System.Runtime.Versioning;

namespace ZmqExporter.EndToEndTests;

/// <summary>
/// The packages: linted, installed, upgraded and purged. The machine stays as it is: its root is seen through an overlay in a mount namespace
/// of its own, where dpkg, rpm and the packages' scripts run for real.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class PackageTests(Packaging packages) : IClassFixture<Packaging>, IAsyncLifetime
{
    // $1 is the directory of the packages, $2 an empty one.
    private const string Overlay = """
        set -eu
        mount -t tmpfs tmpfs "$2"
        mkdir "$2/upper" "$2/work" "$2/root"
        mount -t overlay overlay -o "lowerdir=/,upperdir=$2/upper,workdir=$2/work" "$2/root"
        mkdir "$2/root/packages"
        mount --bind "$1" "$2/root/packages"
        mount --rbind /dev "$2/root/dev"
        mount --rbind /proc "$2/root/proc"
        mount -t tmpfs tmpfs "$2/root/run"
        exec chroot "$2/root" sh -c "$3"
        """;

    private const string Lifecycle = """
        set -eu
        export DEBIAN_FRONTEND=noninteractive
        config=/etc/zmq_exporter/zmq_exporter.yml
        dpkg --no-triggers -i /packages/one/*.deb
        zmq_exporter check-config $config
        systemd-analyze verify --man=no zmq_exporter.service zmq_exporter.socket
        getent passwd zmq_exporter | cut -d: -f 1,6
        test -e /etc/systemd/system/multi-user.target.wants/zmq_exporter.service
        test ! -e /etc/systemd/system/sockets.target.wants/zmq_exporter.socket
        echo installed
        echo '# ours' >>$config
        mkdir -p /var/lib/private/zmq_exporter
        dpkg --no-triggers -i /packages/new/*.deb
        tail -n 1 $config
        dpkg-query -W zmq-exporter
        dpkg --no-triggers -r zmq-exporter
        test -e $config
        test ! -e /usr/bin/zmq_exporter
        echo removed
        dpkg --no-triggers --purge zmq-exporter
        for path in /etc/zmq_exporter /etc/default/zmq_exporter /var/lib/private/zmq_exporter /etc/systemd/system/multi-user.target.wants/zmq_exporter.service; do
            test ! -e $path
        done
        if dpkg-query -W zmq-exporter 2>/dev/null; then exit 1; fi
        echo purged
        """;

    // The newest package has another configuration, as the user has. The first upgrade has nobody to ask, and must end all the same.
    private const string BothChanged = """
        set -eu
        export DEBIAN_FRONTEND=noninteractive
        config=/etc/zmq_exporter/zmq_exporter.yml
        dpkg --no-triggers -i /packages/one/*.deb
        echo '# ours' >>$config
        dpkg-deb -R /packages/new/*.deb /newest
        echo '# theirs' >>/newest$config
        dpkg-deb -Zgzip -z1 -b /newest /newest.deb
        if dpkg --no-triggers -i /newest.deb </dev/null; then exit 1; fi
        dpkg --no-triggers --force-confold --configure zmq-exporter </dev/null
        dpkg-query -W -f '${Status}\n' zmq-exporter
        tail -n 1 $config
        tail -n 1 $config.dpkg-dist
        echo '# theirs again' >>/newest$config
        dpkg-deb -Zgzip -z1 -b /newest /newest.deb
        dpkg --no-triggers --force-confold -i /newest.deb </dev/null
        dpkg-query -W -f '${Status}\n' zmq-exporter
        tail -n 1 $config
        tail -n 1 $config.dpkg-dist
        dpkg --no-triggers --purge zmq-exporter
        test ! -e /etc/zmq_exporter
        """;

    // Debian has rpm, too, but no packages for what is required. Only who calls systemctl is seen: no service manager runs here.
    private const string RpmLifecycle = """
        set -eu
        rpm() { command rpm --force-debian --nodeps "$@"; }
        config=/etc/zmq_exporter/zmq_exporter.yml
        mkdir -p /run/systemd/system
        rm -f /usr/bin/systemctl
        printf '#!/bin/sh\necho "systemctl $*" >>/calls\n' >/usr/bin/systemctl
        chmod 755 /usr/bin/systemctl
        : >/calls
        rpm -i /packages/one/*.rpm
        zmq_exporter check-config $config >/dev/null
        getent passwd zmq_exporter | cut -d: -f 1,6,7 >>/calls
        stat -c '%n %a %U' $config /etc/sysconfig/zmq_exporter >>/calls
        echo '# ours' >>$config
        rpm -U /packages/new/*.rpm
        tail -n 1 $config >>/calls
        command rpm -q --qf '%{version}\n' zmq-exporter >>/calls
        rpm -e zmq-exporter
        test ! -e /usr/bin/zmq_exporter -a ! -e $config
        tail -n 1 $config.rpmsave >>/calls
        cat /calls
        """;

    private readonly Packaging _packages = packages;

    /// <inheritdoc />
    public ValueTask InitializeAsync() => new(_packages.Made);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Deb_Installed_Upgraded_Purged_KeepsWhatIsOursAndLeavesNothing()
    {
        var lines = await InOverlayAsync(Lifecycle);

        Assert.Equal(
            ["zmq_exporter:/nonexistent", "installed", "# ours", $"zmq-exporter\t{Packaging.NewVersion}-1", "removed", "purged"],
            lines.Where(line => line.StartsWith("zmq_exporter:/", StringComparison.Ordinal) || line.StartsWith("zmq-exporter\t", StringComparison.Ordinal) || line is "installed" or "# ours" or "removed" or "purged"),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Deb_ConfigurationChangedOnBothSides_KeepsOursWithTheirsBesideIt()
    {
        var lines = await InOverlayAsync(BothChanged);

        Assert.Equal(
            ["install ok installed", "# ours", "# theirs", "install ok installed", "# ours", "# theirs again"],
            lines.Where(line => line.StartsWith("# ", StringComparison.Ordinal) || line.StartsWith("install ok", StringComparison.Ordinal)),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Rpm_InstalledUpgradedErased_KeepsWhatIsOursAndCallsTheServiceManager()
    {
        var lines = await InOverlayAsync(RpmLifecycle);

        Assert.Equal(
            [
                "systemctl daemon-reload",
                "systemctl preset zmq_exporter.service zmq_exporter.socket",
                "zmq_exporter:/nonexistent:/sbin/nologin",
                "/etc/zmq_exporter/zmq_exporter.yml 644 root",
                "/etc/sysconfig/zmq_exporter 640 root",
                "systemctl daemon-reload", // of the newer one
                "systemctl daemon-reload", // of the older one
                "systemctl try-restart zmq_exporter.service",
                "# ours",
                Packaging.NewVersion,
                "systemctl --no-reload disable --now zmq_exporter.service zmq_exporter.socket",
                "systemctl daemon-reload",
                "# ours",
            ],
            lines,
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Deb_Linted_HasNoErrorAndNoWarning() => await _packages.RunAsync(
        "lintian", "install it with: apt-get install lintian", "--allow-root", "--no-cfg", "--fail-on=error,warning", _packages.File("one", "*.deb"));

    [Theory]
    [InlineData("*.deb")]
    [InlineData("*.tar.gz")]
    public async Task Package_BuiltTwice_HasTheSameBytes(string pattern) =>
        await _packages.RunAsync("cmp", "install diffutils", _packages.File("one", pattern), _packages.File("two", pattern));

    [Fact]
    public async Task Sums_OfAllPackages_AreRight()
    {
        var sums = await _packages.RunAsync("sh", "install dash", "-c", "cd one && sha256sum --check --strict SHA256SUMS");

        Assert.Equal(Directory.GetFiles(Path.Combine(_packages.Path, "one")).Length - 1, sums.Split('\n').Length);
    }

    [Fact]
    public async Task Rpm_FilesAndScripts_AreThoseOfTheDeb()
    {
        const string Install = "install it with: apt-get install rpm";
        var rpm = _packages.File("one", "*.rpm");
        var files = (await _packages.RunAsync("rpm", Install, "-qpl", rpm)).Split('\n');

        Assert.Equal(["/etc/sysconfig/zmq_exporter", "/etc/zmq_exporter/zmq_exporter.yml"], (await _packages.RunAsync("rpm", Install, "-qpc", rpm)).Split('\n'), StringComparer.Ordinal);
        Assert.All(
            ["/usr/bin/zmq_exporter", "/usr/lib/systemd/system/zmq_exporter.service", "/usr/share/man/man1/zmq_exporter.1.gz"],
            file => Assert.Contains(file, files, StringComparer.Ordinal));
        Assert.Contains("useradd -r -g zmq_exporter", await _packages.RunAsync("rpm", Install, "-qp", "--scripts", rpm), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_InstalledFromADirectory_Runs()
    {
        var tools = Path.Combine(_packages.Path, "tools");
        await File.WriteAllTextAsync(
            Path.Combine(_packages.Path, "nuget.config"),
            "<configuration><packageSources><clear /><add key=\"here\" value=\"one\" /></packageSources></configuration>",
            TestContext.Current.CancellationToken);
        await _packages.RunAsync("dotnet", "install the .NET SDK", "tool", "install", "zmq_exporter", "--tool-path", tools, "--configfile", "nuget.config");

        Assert.StartsWith("zmq_exporter, version ", await _packages.RunAsync(Path.Combine(tools, "zmq_exporter"), "it was installed", "--version"), StringComparison.Ordinal);
        var texts = Path.Combine(Assert.Single(Directory.GetDirectories(Path.Combine(tools, ".store", "zmq_exporter"))), "zmq_exporter");
        texts = Assert.Single(Directory.GetDirectories(texts));
        Assert.All(
            ["LICENSE", "THIRD-PARTY-NOTICES.md", .. Directory.GetFiles(Path.Combine(Repository.Root, "licenses")).Select(file => "licenses/" + Path.GetFileName(file))],
            file => Assert.True(File.Exists(Path.Combine(texts, file)), $"the package has no {file}"));
    }

    [Fact]
    public async Task Unit_Exposure_IsBelowTwo() => await _packages.RunAsync(
        "systemd-analyze", "install it with: apt-get install systemd", "security", "--offline=true", "--no-pager", "--threshold=19", Path.Combine(Repository.Root, "packaging/systemd/zmq_exporter.service"));

    private async Task<string[]> InOverlayAsync(string script)
    {
        var root = Directory.CreateTempSubdirectory("zmq_exporter-overlay-");
        string[] user = Environment.IsPrivilegedProcess ? [] : ["--map-root-user"];
        try
        {
            return (await _packages.RunAsync("unshare", "install util-linux", [.. user, "--mount", "sh", "-c", Overlay, "sh", _packages.Path, root.FullName, script])).Split('\n');
        }
        finally
        {
            root.Delete();
        }
    }
}
