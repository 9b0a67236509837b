using System.Net;

namespace Zmtp.Tests;

public sealed class NameResolverTests
{
    [Fact]
    public async Task Resolve_ManyNamesThatWereSlow_LeavesTheThreadsOfTheOthersAlone()
    {
        var patience = TimeSpan.FromSeconds(20);
        using var hang = new ManualResetEventSlim();
        var slowness = TimeSpan.FromMilliseconds(1100); // what makes a name slow: above one second
        var isFirst = true;
        var resolver = new NameResolver(
            host =>
            {
                if (host.StartsWith("slow", StringComparison.Ordinal))
                {
                    hang.Wait(isFirst ? slowness : patience);
                }

                return [IPAddress.Loopback];
            },
            maxThreads: 4);
        string[] slow = [.. Enumerable.Range(0, 4).Select(i => $"slow{i}")];
        await Task.WhenAll(slow.Select(host => resolver.Resolve(host).Completion.Task)).WaitAsync(patience, TestContext.Current.CancellationToken);
        isFirst = false;
        var hanging = slow.Select(resolver.Resolve).ToList();

        var addresses = await resolver.Resolve("healthy").Completion.Task.WaitAsync(patience / 2, TestContext.Current.CancellationToken);

        Assert.Equal(IPAddress.Loopback, Assert.Single(addresses));
        Assert.All(hanging, lookup => Assert.True(lookup is { WasSlow: true, Completion.Task.IsCompleted: false }));
        hang.Set();
    }
}
