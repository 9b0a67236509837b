using Microsoft.Extensions.Logging.Testing;
using ZmqExporter.Discovery;

namespace ZmqExporter.Tests.Discovery;

public sealed class DiscoveryServiceTests : IDisposable
{
    private readonly SourcesUnderTest _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Run_FetchThatThrows_IsLoggedAndTheNextLookTakesPlace()
    {
        _test.Start(SourcesUnderTest.Modules + "target_files: [a.yml]\ntarget_urls: [{url: 'http://h/a', refresh_interval: 1s}, {url: 'http://h/b', refresh_interval: 1s}]\n");
        var logs = new FakeLogCollector();
        using var service = new DiscoveryService(
            _test.Sources,
            (url, _) => url.Name.EndsWith('a') ? throw new InvalidOperationException("a bug") : Task.FromResult(new FetchResult("[{\"targets\": [\"tcp://u:1\"]}]", null)),
            _test.Metrics.Time,
            new FakeLogger<DiscoveryService>(logs));
        await service.StartedAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => _test.Names == "tcp://u:1", "the good URL was asked");

        _test.Write("a.yml", SourcesUnderTest.List("a"));
        await Eventually.TrueAsync(
            () =>
            {
                _test.Metrics.Time.Advance(DiscoveryService.Period);
                return _test.Names == "a tcp://u:1";
            },
            "the file was seen");
        Assert.Contains(logs.GetSnapshot(), record => record.Exception is InvalidOperationException);

        await service.StoppingAsync(TestContext.Current.CancellationToken);
        await service.StopAsync(TestContext.Current.CancellationToken);
    }
}
