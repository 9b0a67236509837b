namespace ZmqExporter;

/// <summary>
/// Makes .NET's thread that waits for sockets handle what has come, too, and not wake up a thread of the pool for it. An answer is handled in
/// microseconds, and to hand it over was a fifth of what a probe costs (docs/performance.md). Nothing that such a thread calls may wait for a
/// socket, nor take long: a connection has a bound for each turn, and what takes its time, as a large message does, goes to the pool.
/// </summary>
internal static class SocketThreads
{
    /// <summary>Whether that thread does. .NET offers no other way than the environment.</summary>
    public const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>How many there are. .NET would have one for each processor then; one serves some ten thousand probes a second.</summary>
    public const string Count = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Does so, unless the environment says something else. Before the first socket of the process: .NET looks once.</summary>
    public static void HandleWhatComes()
    {
        SetDefault(Inline, "1");
        SetDefault(Count, "1");
    }

    private static void SetDefault(string variable, string value)
    {
        if (Environment.GetEnvironmentVariable(variable) is null)
        {
            Environment.SetEnvironmentVariable(variable, value);
        }
    }
}
