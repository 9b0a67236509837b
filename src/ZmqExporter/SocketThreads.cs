using System.Globalization;

namespace ZmqExporter;

/// <summary>
/// Makes .NET's threads that wait for sockets handle what has come, too, and not wake up a thread of the pool for it. An answer is handled in
/// microseconds, and to hand it over was a fifth of what a probe costs (docs/performance.md). Nothing that such a thread calls may wait for a
/// socket, nor take long: a connection has a bound for each turn, and what takes its time goes to the pool.
/// </summary>
internal static class SocketThreads
{
    /// <summary>Whether those threads do. .NET offers no other way than the environment.</summary>
    public const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>How many there are; else one for each processor.</summary>
    public const string Count = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    private const int Most = 4;

    /// <summary>Does so, unless the environment says something else. Before the first socket of the process: .NET looks once.</summary>
    public static void HandleWhatComes()
    {
        SetDefault(Inline, "1");
        SetDefault(Count, Math.Min(Environment.ProcessorCount, Most).ToString(CultureInfo.InvariantCulture));
    }

    private static void SetDefault(string variable, string value)
    {
        if (Environment.GetEnvironmentVariable(variable) is null)
        {
            Environment.SetEnvironmentVariable(variable, value);
        }
    }
}
