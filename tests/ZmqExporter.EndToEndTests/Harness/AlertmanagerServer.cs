namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A real Alertmanager, alone, with its data in a directory of its own.</summary>
internal sealed class AlertmanagerServer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly TempDirectory _directory;

    private AlertmanagerServer(ChildProcess process, TempDirectory directory, Uri address)
    {
        _process = process;
        _directory = directory;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="config">The configuration's text.</param>
    public static async Task<AlertmanagerServer> StartAsync(string config)
    {
        var directory = new TempDirectory();
        ChildProcess? process = null;
        try
        {
            var file = directory.Write("alertmanager.yml", config);
            process = ChildProcess.Start(
                "prometheus-alertmanager",
                [$"--config.file={file}", $"--storage.path={directory.Path}/data", "--web.listen-address=127.0.0.1:0", "--cluster.listen-address="],
                Amtool.Install);
            var listening = await process.WaitForLineAsync(@"msg=""Listening on"" address=(\S+)");
            return new AlertmanagerServer(process, directory, new Uri($"http://{listening.Groups[1].Value}/"));
        }
        catch
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }

            directory.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }
}
