namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A program that is killed and started again, with the address, the configuration and the files that it had.</summary>
internal interface IRestartable : IAsyncDisposable
{
    /// <summary>The latest process.</summary>
    ChildProcess Process { get; }

    /// <summary>Kills it with SIGKILL. Until it listens again, connections to its address are refused.</summary>
    Task KillAsync();

    /// <summary>Starts it again after it was killed, and waits for nothing.</summary>
    void BeginStart();

    /// <summary>Waits until it listens.</summary>
    Task WaitUntilReadyAsync();
}
