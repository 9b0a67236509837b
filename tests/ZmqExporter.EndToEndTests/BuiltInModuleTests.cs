namespace ZmqExporter.EndToEndTests;

/// <summary>Each built-in module against a server on libzmq that speaks its protocol, well and badly.</summary>
public sealed class BuiltInModuleTests
{
    [Theory]
    [InlineData("echo.py", "transport")]
    [InlineData("echo.py --broken hung", "transport")] // an application that hangs passes a transport check
    [InlineData("echo.py", "reqrep_echo")]
    [InlineData("majordomo.py", "majordomo_01")]
    [InlineData("majordomo.py", "majordomo_mmi")]
    [InlineData("majordomo.py --version 2", "majordomo_02")]
    [InlineData("majordomo.py --service titanic.reply", "titanic")]
    [InlineData("freelance.py", "freelance")]
    [InlineData("clone.py", "clone_snapshot")]
    [InlineData("clone.py --keys 5000", "clone_snapshot")]
    [InlineData("salt_master.py", "saltstack_ping")]
    [InlineData("volttron.py", "volttron_ping")]
    public async Task Probe_HealthyServer_IsOk(string peer, string module)
    {
        var verdict = await ModuleVerdict.ProbeInPeaceAsync(peer, module);

        Assert.Equal((0, null, true), (verdict.ExitCode, verdict.Reason, verdict.Reachable));
        Assert.Equal(module == "transport" ? null : true, verdict.Ready);
    }

    [Theory]
    [InlineData("echo.py --broken token", "reqrep_echo", "frame 0 is \"0123456789\" instead of \"{token}\"")]
    [InlineData("majordomo.py --broken token", "majordomo_01", "frame 2 is \"0123456789\"")]
    [InlineData("majordomo.py --broken version", "majordomo_01", "frame 0 is \"MDPX99\" instead of \"MDPC01\"")]
    [InlineData("majordomo.py --version 2 --broken token", "majordomo_02", "frame 3 is \"0123456789\"")]
    [InlineData("majordomo.py --version 2 --broken version", "majordomo_02", "frame 0 is \"MDPX99\"")]
    [InlineData("majordomo.py --broken no_worker", "majordomo_mmi", "frame 2 is \"404\" instead of \"200\"")]
    [InlineData("majordomo.py --broken no_mmi", "majordomo_mmi", "frame 2 is \"501\" instead of \"200\"")]
    [InlineData("majordomo.py --service titanic.reply --broken found", "titanic", "frame 2 is \"200\"")]
    [InlineData("freelance.py --broken example", "freelance", "the message has 2 frames instead of 1")]
    [InlineData("salt_master.py --broken unknown", "saltstack_ping", "frame 0 is \"\\x80\"")]
    [InlineData("salt_master.py --broken error", "saltstack_ping", "frame 0 is \"\\xa8bad load\"")]
    [InlineData("volttron.py --broken version", "volttron_ping", "frame 1 is \"VIP2\" instead of \"VIP1\"")]
    [InlineData("volttron.py --broken error", "volttron_ping", "frame 4 is \"error\" instead of \"ping\"")]
    public async Task Probe_WrongAnswer_IsAliveAndNotReady(string peer, string module, string problem)
    {
        var verdict = await ModuleVerdict.ProbeInPeaceAsync(peer, module);

        Assert.Equal((2, "unexpected_reply"), (verdict.ExitCode, verdict.Reason));
        Assert.Contains(problem, verdict.Sentence, StringComparison.Ordinal);
        Assert.Equal((true, true, false), (verdict.Reachable, verdict.Responsive, verdict.Ready));
    }

    [Theory]
    [InlineData("echo.py --broken hung", "reqrep_echo", "its application hangs")]
    [InlineData("majordomo.py --broken no_worker", "majordomo_01", "its application hangs")]
    [InlineData("majordomo.py --version 2 --broken unfinished", "majordomo_02", "2 others came, the last one passed over because frame 1 is \"\\x02\"")]
    [InlineData("clone.py --keys 3 --broken unfinished", "clone_snapshot", "3 others came, the last one passed over because frame 0 is \"/key/2\"")]
    [InlineData("clone.py --keys 3 --broken end", "clone_snapshot", "4 others came, the last one passed over because frame 0 is \"BYE\"")]
    public async Task Probe_NoAnswer_IsReachableAndNotResponsive(string peer, string module, string problem)
    {
        var verdict = await ModuleVerdict.ProbeAsync(peer, module);

        Assert.Equal((2, "reply_timeout"), (verdict.ExitCode, verdict.Reason));
        Assert.Contains(problem, verdict.Sentence, StringComparison.Ordinal);
        Assert.Equal((true, false, false), (verdict.Reachable, verdict.Responsive, verdict.Ready));
    }

    [Fact]
    public async Task Probe_SnapshotThatIsTooLarge_GivesUp()
    {
        var verdict = await ModuleVerdict.ProbeInPeaceAsync("clone.py --keys 12000 --broken unfinished", "clone_snapshot");

        Assert.Equal((2, "unexpected_reply"), (verdict.ExitCode, verdict.Reason));
        Assert.Contains("10001 messages came, none meets until, and max_passed_over is 10000", verdict.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_RealJupyterKernel_IsOkUntilItIsStopped()
    {
        await using var kernel = await PythonPeer.StartAsync("jupyter_kernel.py");

        Assert.Equal(0, (await ModuleVerdict.ProbeAsync(kernel, "jupyter_heartbeat")).ExitCode);
        await kernel.CommandAsync("stop");
        var verdict = await ModuleVerdict.ProbeAsync(kernel, "jupyter_heartbeat");

        Assert.Equal(2, verdict.ExitCode);
        Assert.False(verdict.Reachable);
    }

    [Fact]
    public async Task Probe_ShellPortOfAJupyterKernel_GetsNoHeartbeat()
    {
        await using var kernel = await PythonPeer.StartAsync("jupyter_kernel.py", "--wrong-port");

        var verdict = await ModuleVerdict.ProbeAsync(kernel, "jupyter_heartbeat");

        Assert.Equal((2, "reply_timeout"), (verdict.ExitCode, verdict.Reason));
    }

    [Fact]
    public async Task Probe_ModuleOfTheFile_HidesTheBuiltInOneAndMayExtendIt()
    {
        await using var peer = await PythonPeer.StartAsync("majordomo.py", "--service", "stock");
        using var directory = new TempDirectory();
        var file = directory.Write("zmq_exporter.yml", "modules: {majordomo_mmi: {extends: majordomo_mmi, send: [MDPC01, mmi.service, stock]}}\n");

        Assert.Equal(2, (await ModuleVerdict.ProbeAsync(peer, "majordomo_mmi")).ExitCode);
        Assert.Equal(0, (await ModuleVerdict.ProbeAsync(peer, "majordomo_mmi", $"--config.file={file}")).ExitCode);
    }

    [Fact]
    public async Task Serve_BuiltInModules_AreProbed()
    {
        await using var peer = await PythonPeer.StartAsync("freelance.py");
        await using var exporter = await ExporterProcess.StartAsync(
            $"targets: [{{name: quotes, endpoint: \"{peer.Endpoint}\", modules: [freelance, transport], interval: 1s, timeout: 900ms}}]\n");

        await exporter.EventuallyAsync(metrics =>
            metrics.Text.Contains("zmq_target_ready{target=\"quotes\",module=\"freelance\"} 1", StringComparison.Ordinal)
            && metrics.Text.Contains("zmq_target_reachable{target=\"quotes\",module=\"transport\"} 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Modules_WithoutAName_ListsThem()
    {
        var result = await ExporterProcess.RunAsync("modules");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches("(?m)^freelance +request +Freelance server: PING", result.Output);
        Assert.Matches("(?m)^transport +handshake +ZMTP handshake", result.Output);
    }

    [Fact]
    public async Task Modules_AName_PrintsAConfigThatIsGood()
    {
        using var directory = new TempDirectory();
        var printed = await ExporterProcess.RunAsync("modules", "majordomo_mmi");

        Assert.Equal(0, printed.ExitCode);
        Assert.StartsWith("# Majordomo broker", printed.Output, StringComparison.Ordinal);
        var check = await ExporterProcess.RunAsync("check-config", directory.Write("printed.yml", printed.Output + "\n"));
        Assert.Equal(0, check.ExitCode);
    }

    [Theory]
    [InlineData("modules majordomo_mim", "did you mean majordomo_mmi?")]
    [InlineData("probe tcp://127.0.0.1:1 --module freelanc", "did you mean freelance?")]
    public async Task Run_UnknownModule_SuggestsOneAndExits3(string arguments, string suggestion)
    {
        var result = await ExporterProcess.RunAsync(arguments.Split(' '));

        Assert.Equal(3, result.ExitCode);
        Assert.Contains(suggestion, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }
}
