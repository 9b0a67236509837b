using System.Globalization;
using System.Net;
using System.Text;
using ZmqExporter.Http;

namespace ZmqExporter.EndToEndTests;

public sealed class HttpLimitTests
{
    // A scrape of so many, uncompressed, is more than 5 MB: no buffer on the way hides a slow reader.
    private const int Targets = 1_000;

    // A slow reader has been at it for longer than a reader who takes nothing may.
    private const int SlowlyRead = 512 << 10;

    [Fact]
    public async Task Scrape_BesideSlowReaders_IsAlwaysAnswered()
    {
        await using var exporter = await ExporterProcess.StartAsync(ManyTargets());
        var readers = new List<RawHttpClient>();
        using var enough = new CancellationTokenSource();
        try
        {
            for (var i = 0; i < 4; i++)
            {
                readers.Add(await RawHttpClient.ConnectAsync(exporter.Address));
                await readers[i].AskAsync("/metrics");
            }

            var reading = readers.ConvertAll(reader => ReadSlowlyAsync(reader, enough.Token));
            using var interval = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
            var scrapes = 0;
            await Eventually.GetAsync(
                async () =>
                {
                    await interval.WaitForNextTickAsync(TestContext.Current.CancellationToken);
                    using var response = await exporter.GetAsync("/metrics");
                    Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                    var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                    Assert.EndsWith("\n", text, StringComparison.Ordinal);
                    scrapes++;
                    return readers.TrueForAll(reader => reader.Received > SlowlyRead || reader.HasEnded()) ? this : null;
                },
                2 * Eventually.Deadline,
                () => $"after {scrapes} scrapes the slow readers have {string.Join(", ", readers.Select(reader => reader.Received))} bytes");
            await enough.CancelAsync();
            await Task.WhenAll(reading);
            Assert.All(readers, reader => Assert.StartsWith("HTTP/1.1 200 ", reader.Start, StringComparison.Ordinal));
            Assert.All(readers, reader => Assert.InRange(reader.Received, SlowlyRead, long.MaxValue)); // slow is not too slow
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    [Fact]
    public async Task Scrape_ByManyWhoTakeNothing_HoldsLittleMemoryAndKeepsNobodyOut()
    {
        await using var exporter = await ExporterProcess.StartAsync(ManyTargets());
        var before = await ResidentAsync(exporter);
        var stalled = new List<RawHttpClient>();
        try
        {
            for (var i = 0; i < 60; i++)
            {
                var reader = await RawHttpClient.ConnectAsync(exporter.Address, $"127.0.0.{2 + (i / 20)}");
                stalled.Add(reader);
                await reader.AskAsync("/metrics");
                await reader.TakeAsync(16); // the answer has begun: nothing more of it is made
            }

            // Uncompressed they would be 300 MB.
            Assert.InRange(await ResidentAsync(exporter) - before, double.MinValue, 150 << 20);
            Assert.All(stalled, reader => Assert.StartsWith("HTTP/1.1 200 ", reader.Start, StringComparison.Ordinal));
        }
        finally
        {
            stalled.ForEach(reader => reader.Dispose());
        }
    }

    [Fact]
    public async Task Connect_FarTooOftenFromOneAddress_LeavesRoomForOthers()
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing);
        var limit = HttpLimits.OfThisProcess().ConnectionsPerAddress; // the exporter has the descriptors that this process has
        var idle = new List<RawHttpClient>();
        try
        {
            for (var i = 0; i < 200; i++)
            {
                idle.Add(await RawHttpClient.ConnectAsync(exporter.Address, "127.0.0.2"));
            }

            await Eventually.GetAsync(
                () => Task.FromResult(idle.Count(connection => connection.HasEnded()) >= idle.Count - limit ? this : null),
                Eventually.Deadline,
                () => $"only {idle.Count(connection => connection.HasEnded())} of {idle.Count} were closed");
            using var response = await exporter.GetAsync("/metrics");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var line = Assert.Single(exporter.LogLines, line => line.Contains("connections", StringComparison.Ordinal));
            Assert.Matches(
                $"level=warn .*msg=\"HTTP connections are closed at once\" reason=\"this address has as many .*\" address=127.0.0.2 limit={limit}$",
                line);
        }
        finally
        {
            idle.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    public async Task Connect_AndDoNothingOrNextToNothing_IsCutOff()
    {
        await using var exporter = await ExporterProcess.StartAsync(ManyTargets());
        using var silent = await RawHttpClient.ConnectAsync(exporter.Address);
        using var dripping = await RawHttpClient.ConnectAsync(exporter.Address);
        using var stalled = await RawHttpClient.ConnectAsync(exporter.Address);
        using var enough = new CancellationTokenSource();
        await stalled.AskAsync("/metrics");
        await stalled.TakeAsync(16);
        var drips = DripAsync(dripping, enough.Token);

        await silent.EndAsync();
        Assert.Equal(0, silent.Received);
        await dripping.EndAsync();
        Assert.DoesNotContain(" 200 ", dripping.Start, StringComparison.Ordinal);

        // What did reach it is no whole answer, and does not look like one.
        await Eventually.GetAsync(
            async () => await stalled.IsCutOffAsync() ? this : null, Eventually.Deadline, () => "the reader that takes nothing was not cut off");
        await stalled.EndAsync();
        Assert.InRange(stalled.Received, 16, 5 << 20);
        await enough.CancelAsync();
        await drips;
    }

    private static string ManyTargets()
    {
        var config = new StringBuilder(
            """
            defaults: {interval: 1h}
            metrics: {detail: full}
            modules:
              ping: {prober: request, socket: req, send: [ping], expect: [{equals: pong}]}
            targets:

            """);
        for (var i = 0; i < Targets; i++)
        {
            config.Append(CultureInfo.InvariantCulture, $"  - {{name: target-{i}, endpoint: \"tcp://127.0.0.1:1\", modules: [ping]}}\n");
        }

        return config.ToString();
    }

    private static async Task<double> ResidentAsync(ExporterProcess exporter) =>
        (await exporter.ScrapeAsync()).Value("process_resident_memory_bytes") ?? throw new InvalidOperationException("no such figure");

    /// <summary>32 kB a second.</summary>
    private static async Task ReadSlowlyAsync(RawHttpClient reader, CancellationToken enough)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        try
        {
            while (await reader.TakeAsync(3_200))
            {
                await pace.WaitForNextTickAsync(enough);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }
    }

    /// <summary>A request that never ends, a byte at a time.</summary>
    private static async Task DripAsync(RawHttpClient client, CancellationToken enough)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        try
        {
            await client.SendAsync("GET /metrics HTTP/1.1\r\nX-Endless: ");
            while (true)
            {
                await pace.WaitForNextTickAsync(enough);
                await client.SendAsync("a");
            }
        }
        catch (Exception e) when (e is OperationCanceledException or System.Net.Sockets.SocketException)
        {
            // It was cut off.
        }
    }
}
