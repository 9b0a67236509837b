using System.Runtime.CompilerServices;

namespace Zmtp.Tests.Support;

/// <summary>Tests that wait hold pool threads, and the connections under test run on the same pool: without spare ones a small machine measures its own starvation.</summary>
internal static class TestThreads
{
    [ModuleInitializer]
    public static void Provide() => ThreadPool.SetMinThreads(32, 32);
}
