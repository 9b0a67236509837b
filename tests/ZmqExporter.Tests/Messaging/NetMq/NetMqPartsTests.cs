using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class NetMqPartsTests
{
    [Fact]
    public void Problem_LimitThatIsTooLow_SaysWhatAndHowToMendIt()
    {
        var problem = NetMqLimits.Problem(targets: 500, limit: 1024);

        Assert.StartsWith("500 targets with client: netmq need 7 file descriptors each", problem, StringComparison.Ordinal);
        Assert.Contains("a process may open 1024 here: raise the limit (ulimit -n ", problem, StringComparison.Ordinal);
        Assert.Contains("LimitNOFILE=", problem, StringComparison.Ordinal);
    }

    // Else whoever raises it to that number is told another one.
    [Fact]
    public void Problem_OthersNeedMore_SaysTheirNumber()
    {
        var problem = NetMqLimits.Problem(targets: 500, limit: 1024, sufficient: 9999);
        Assert.Contains("about 9999 with everything else", problem, StringComparison.Ordinal);
        Assert.Contains("(ulimit -n 9999, or LimitNOFILE=9999 ", problem, StringComparison.Ordinal);
        Assert.Null(NetMqLimits.Problem(targets: 500, limit: 9000, sufficient: 9999)); // not for that alone
    }

    [Theory]
    [InlineData(0, 1024)]
    [InlineData(500, 8192)]
    [InlineData(500, double.PositiveInfinity)]
    public void Problem_NoNetMqOrALimitThatSuffices_IsNone(int targets, double limit) => Assert.Null(NetMqLimits.Problem(targets, limit));

    [Theory]
    [InlineData(int.MaxValue, 20_000)]
    [InlineData(4774, 571)] // what the limit leaves, however few targets there are: a reload may bring more
    [InlineData(100, 7)]
    public void ConnectionsFor_ALimit_AreWhatItAllows(int limit, int connections)
    {
        Assert.Equal(connections, NetMqLimits.ConnectionsFor(limit));
        Assert.True((long)connections * NetMqLimits.Descriptors < limit);
    }

    [Theory]
    [InlineData(134, true)] // SIGABRT: an unhandled exception
    [InlineData(139, true)] // SIGSEGV
    [InlineData(70, true)] // a thread of NetMQ died and nobody could be told
    [InlineData(0, false)]
    [InlineData(1, false)] // an error of ours
    [InlineData(3, false)]
    [InlineData(129, false)] // SIGHUP, before it is ignored
    [InlineData(137, false)] // SIGKILL
    [InlineData(143, false)] // SIGTERM
    public void IsBroken_ExitCode_IsWhereTheServersMayBeTheReason(int exitCode, bool isBroken) =>
        Assert.Equal(isBroken, WorkerProcess.IsBroken(exitCode));

    [Theory]
    [InlineData(64L << 20, 64L << 20)]
    [InlineData(384L << 20, 64L << 20)] // a unit or container of 512 MiB
    [InlineData(4L << 30, 512L << 20)]
    [InlineData(64L << 30, 1L << 30)]
    public void HeapLimit_MemoryOfTheExporter_LeavesHalfOfItBesideFourWorkers(long available, long limit)
    {
        Assert.Equal(limit, WorkerSettings.HeapLimit(available));
        Assert.True(available < 512L << 20 || 4 * limit <= available / 2);
    }

    [Fact]
    public void SetEnvironment_OfAService_KeepsWhatAProcessNeedsAndNoSecrets()
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PATH"] = "/bin",
            ["DOTNET_ROOT"] = "/usr/share/dotnet",
            ["LD_LIBRARY_PATH"] = "/lib",
            ["DOTNET_GCHeapHardLimit"] = "1",
            ["DOTNET_GCHeapHardLimitPercent"] = "1",
            ["DOTNET_GCHeapHardLimitLOH"] = "1",
            ["NOTIFY_SOCKET"] = "/run/notify",
            ["LISTEN_FDS"] = "1",
            ["DB_PASSWORD"] = "secret",
        };

        WorkerSettings.SetEnvironment(variables, 0x4000000);

        Assert.Equal("4000000", variables["DOTNET_GCHeapHardLimit"]);
        Assert.Equal("1", variables["DOTNET_PROCESSOR_COUNT"]); // or NetMQ's threads spin before they sleep
        string[] passed = ["PATH", "DOTNET_ROOT", "LD_LIBRARY_PATH"];
        Assert.All(passed, name => Assert.Contains(name, variables));
        Assert.DoesNotContain(variables.Keys, name => name.Contains("HardLimit", StringComparison.Ordinal) && name != "DOTNET_GCHeapHardLimit");
        Assert.DoesNotContain(variables.Keys, name => name is "NOTIFY_SOCKET" or "LISTEN_FDS" or "DB_PASSWORD");
    }

    [Fact]
    public void Guard_ActionThrows_TellsAndGoesOn()
    {
        var faults = new List<Exception>();
        var settings = new WorkerSettings(NullLogger.Instance) { OnFault = faults.Add };

        settings.Guard(() => throw new InvalidOperationException("a bug"));

        Assert.Equal("a bug", Assert.Single(faults).Message);
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(1, 0.2)]
    [InlineData(4, 1.6)]
    [InlineData(9, 30)]
    [InlineData(16, 30)]
    public void PauseAfter_DeathsInARow_DoublesUpToHalfAMinute(int deaths, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), WorkerPlace.PauseAfter(deaths));

    [Fact]
    public void TryTake_LateReplies_AreBounded()
    {
        var budget = new LateReplyBudget(NetMqLink.MostLateReplies);
        Assert.All(Enumerable.Range(0, NetMqLink.MostLateReplies), _ => Assert.True(budget.TryTake()));
        Assert.False(budget.TryTake());

        budget.Return();
        Assert.True(budget.TryTake());
    }
}
