using System.Diagnostics;

namespace Zmtp.Tests.Support;

/// <summary>Waits for a condition that some other thread brings about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static void True(Func<bool> condition, Func<string>? otherwise = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, otherwise?.Invoke() ?? "the condition did not come about");
            Thread.Yield();
            Thread.SpinWait(2000);
        }
    }
}
