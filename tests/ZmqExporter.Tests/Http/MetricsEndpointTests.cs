using System.IO.Compression;
using System.Net;
using ZmqExporter.Http;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Http;

public sealed class MetricsEndpointTests
{
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private const string Text = "text/plain; version=0.0.4; charset=utf-8";

    [Theory]
    [InlineData("", Text)]
    [InlineData("*/*", Text)]
    [InlineData("text/html,application/xhtml+xml", Text)]
    [InlineData("nonsense;;;=", Text)]
    [InlineData("application/openmetrics-text", OpenMetrics)]
    [InlineData("APPLICATION/OpenMetrics-Text; Version=\"1.0.0\"", OpenMetrics)]
    [InlineData("application/openmetrics-text; version=0.0.1", Text)]
    [InlineData("application/openmetrics-text;q=0", Text)]
    [InlineData("application/openmetrics-text;q=0.3, text/plain;q=0.5", Text)]
    [InlineData("text/plain;q=0.3, application/openmetrics-text;q=0.5", OpenMetrics)]
    [InlineData("text/*, application/openmetrics-text", Text)]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OpenMetrics)]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1", Protobuf)]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text;q=0.6,application/openmetrics-text;q=0.5", OpenMetrics)]
    [InlineData("application/vnd.google.protobuf;proto=some.other.Message;encoding=delimited", Text)]
    public async Task Get_Accept_DecidesTheFormat(string accept, string contentType)
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var response = await test.SendAsync(HttpMethod.Get, "/metrics", ("Accept", accept));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(contentType, response.Content.Headers.ContentType?.ToString());
        Assert.Contains("Accept", response.Headers.Vary, StringComparer.Ordinal);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(contentType == OpenMetrics, body.EndsWith("# EOF\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/openmetrics-text")]
    public async Task Get_AcceptGzip_Compresses(string accept)
    {
        await using var test = await HttpUnderTest.StartAsync();
        Script.Play(test.Metrics);
        using var response = await test.SendAsync(HttpMethod.Get, "/metrics", ("Accept", accept), ("Accept-Encoding", "gzip"));
        Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
        var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using var plain = new GZipStream(body, CompressionMode.Decompress);
        using var reader = new StreamReader(plain);
        var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("zmq_target_state{target=\"orders\",module=\"ping\",team=\"trading\",state=\"suspect\"} 1", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Other_Method_IsRefused(string method)
    {
        await using var test = await HttpUnderTest.StartAsync();
        foreach (var path in new[] { "/", "/metrics", "/-/healthy", "/-/ready" })
        {
            using var response = await test.SendAsync(new HttpMethod(method), path);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
            Assert.Equal("GET, HEAD", string.Join(", ", response.Content.Headers.Allow.Order(StringComparer.Ordinal)));
        }
    }

    [Fact]
    public async Task Head_Metrics_HasHeadersOnly()
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var response = await test.SendAsync(HttpMethod.Head, "/metrics");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Text, response.Content.Headers.ContentType?.ToString());
        Assert.Equal("", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("GZip;q=0.5, br", true)]
    [InlineData("x-gzip", true)]
    [InlineData("*", true)]
    [InlineData("*, gzip;q=0", false)]
    [InlineData("gzip;q=0", false)]
    [InlineData("br, deflate", false)]
    [InlineData("nonsense;;;=", false)]
    [InlineData("", false)]
    public async Task Get_AcceptEncoding_DecidesTheEncoding(string accept, bool gzip)
    {
        await using var test = await HttpUnderTest.StartAsync();
        foreach (var path in new[] { "/", "/metrics" })
        {
            using var response = await test.SendAsync(HttpMethod.Get, path, ("Accept-Encoding", accept));
            Assert.Equal(gzip ? ["gzip"] : [], response.Content.Headers.ContentEncoding);
            Assert.Contains("Accept-Encoding", string.Join(',', response.Headers.Vary), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    public async Task Get_Body_HasTheLengthThatWasAnnounced(string encoding)
    {
        // So that half a scrape never looks like a whole one: targets that are missing from it would seem to be gone.
        await using var test = await HttpUnderTest.StartAsync();
        Script.Play(test.Metrics);
        using var response = await test.SendAsync(HttpMethod.Get, "/metrics", ("Accept-Encoding", encoding));
        var announced = response.Content.Headers.ContentLength;
        Assert.Equal(announced, (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task Get_ReadersThatTakeNothing_KeepNobodyOut()
    {
        await using var test = await HttpUnderTest.StartAsync();
        CreateTargets(test, 500); // more than the buffers between server and reader hold
        test.Address = IPAddress.Parse("192.0.2.1");
        var stalled = new List<HttpResponseMessage>();
        for (var i = 0; i < HttpUnderTest.Limits.ResponsesPerAddress; i++)
        {
            stalled.Add(await test.SendAsync(HttpMethod.Get, "/metrics"));
        }

        // What is too much is refused, and others are not concerned.
        using var refused = await test.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
        Assert.Equal(
            "this address has 3 responses to read already; one that is read for more than 10 s gives way\n",
            await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        test.Address = IPAddress.Parse("192.0.2.2");
        for (var i = 0; i < 2 * HttpUnderTest.Limits.Responses; i++)
        {
            Assert.EndsWith("\n", await ScrapeAsync(test), StringComparison.Ordinal);
        }

        // Probes go on meanwhile.
        var target = test.Metrics.Targets.Set(MetricsUnderTest.Target("late comer"));
        target.OnStaleReply();
        Assert.True(test.Metrics.Targets.Remove(target.Key));

        test.Metrics.Time.Advance(RenderedResponses.PartTimeout);
        foreach (var response in stalled)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            response.Dispose();
        }
    }

    [Fact]
    public async Task Get_AddressWhoseReadersAreSlow_IsServedInTheirPlace()
    {
        await using var test = await HttpUnderTest.StartAsync();
        CreateTargets(test, 500);
        var slow = new List<Stream>();
        for (var i = 0; i < HttpUnderTest.Limits.ResponsesPerAddress; i++)
        {
            var response = await test.SendAsync(HttpMethod.Get, "/metrics");
            slow.Add(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        }

        // They read, each at its pace, so that patience does not end.
        var part = new byte[256 << 10];
        test.Metrics.Time.Advance(ResponseSlots.SlowAfter * 0.6);
        foreach (var reader in slow)
        {
            await reader.ReadExactlyAsync(part, TestContext.Current.CancellationToken);
        }

        test.Metrics.Time.Advance(ResponseSlots.SlowAfter * 0.6);
        Assert.EndsWith("\n", await ScrapeAsync(test), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => slow[0].CopyToAsync(Stream.Null, TestContext.Current.CancellationToken)); // the slowest
        await slow[1].CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        await slow[2].CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Get_BytesThatWait_AreBounded()
    {
        await using var test = await HttpUnderTest.StartAsync(HttpUnderTest.Limits with { BytesPerAddress = 1 << 10 });
        CreateTargets(test, 500);
        using var stalled = await test.SendAsync(HttpMethod.Get, "/metrics"); // more than that, but one alone
        using var refused = await test.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.StartsWith(
            "this address has too much to read already: more than 1 KiB, compressed;",
            await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        test.Address = IPAddress.Parse("192.0.2.2");
        Assert.EndsWith("\n", await ScrapeAsync(test), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_SlowReaderThatGoesOn_GetsItAll()
    {
        await using var test = await HttpUnderTest.StartAsync();
        CreateTargets(test, 500);
        using var response = await test.SendAsync(HttpMethod.Get, "/metrics");
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 4; i++)
        {
            var part = new byte[256 << 10]; // more than the buffers in between hold: the server has written meanwhile
            await body.ReadExactlyAsync(part, TestContext.Current.CancellationToken);
            test.Metrics.Time.Advance(RenderedResponses.PartTimeout * 0.9);
        }

        using var text = new StreamReader(body);
        Assert.EndsWith("\n", await text.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ReaderThatNeverEnds_IsCutOffAtTheDeadline()
    {
        await using var test = await HttpUnderTest.StartAsync();
        CreateTargets(test, 500);
        using var response = await test.SendAsync(HttpMethod.Get, "/metrics");
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var part = new byte[256 << 10];
        var step = RenderedResponses.PartTimeout * 0.9;
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (var passed = TimeSpan.Zero; passed <= RenderedResponses.Deadline; passed += step)
            {
                await body.ReadExactlyAsync(part, TestContext.Current.CancellationToken);
                test.Metrics.Time.Advance(step);
            }

            await body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        });
    }

    private static void CreateTargets(HttpUnderTest test, int count)
    {
        for (var i = 0; i < count; i++)
        {
            test.Metrics.Targets.Set(MetricsUnderTest.Target($"t{i}"));
        }
    }

    private static async Task<string> ScrapeAsync(HttpUnderTest test)
    {
        using var response = await test.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
