using System.IO.Compression;
using System.Net;
using ZmqExporter.Http;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Http;

public sealed class MetricsEndpointTests
{
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
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1", OpenMetrics)]
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

    [Fact]
    public async Task Get_StalledReaders_AreBoundedAndCutOffSoon()
    {
        await using var test = await HttpUnderTest.StartAsync();
        for (var i = 0; i < 500; i++)
        {
            test.Metrics.Exporter.CreateTarget(MetricsUnderTest.Target($"t{i}")); // more than the buffers between server and reader hold
        }

        var stalled = new List<HttpResponseMessage>();
        for (var i = 0; i < MetricsEndpoint.MaxScrapes; i++)
        {
            stalled.Add(await test.SendAsync(HttpMethod.Get, "/metrics"));
        }

        using var refused = await test.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("1", refused.Headers.RetryAfter?.ToString());

        // Probes go on meanwhile.
        var target = test.Metrics.Exporter.CreateTarget(MetricsUnderTest.Target("late comer"));
        target.OnStaleReply();
        target.Dispose();

        // Patience begins when a write has to wait for its reader, and nothing tells when each of them does: on until there is room for all.
        int answered;
        do
        {
            test.Metrics.Time.Advance(MetricsEndpoint.Patience);
            var fresh = await Task.WhenAll(Enumerable.Range(0, MetricsEndpoint.MaxScrapes).Select(_ => test.SendAsync(HttpMethod.Get, "/metrics")));
            answered = fresh.Count(response => response.StatusCode == HttpStatusCode.OK);
            Array.ForEach(fresh, response => response.Dispose());
        }
        while (answered < MetricsEndpoint.MaxScrapes);

        foreach (var response in stalled)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            response.Dispose();
        }

    }

    [Fact]
    public async Task Get_SlowReaderThatGoesOn_GetsItAll()
    {
        await using var test = await HttpUnderTest.StartAsync();
        for (var i = 0; i < 500; i++)
        {
            test.Metrics.Exporter.CreateTarget(MetricsUnderTest.Target($"t{i}"));
        }

        using var response = await test.SendAsync(HttpMethod.Get, "/metrics");
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 4; i++)
        {
            var part = new byte[256 << 10]; // more than the buffers in between hold: the server has written meanwhile
            await body.ReadExactlyAsync(part, TestContext.Current.CancellationToken);
            test.Metrics.Time.Advance(MetricsEndpoint.Patience * 0.9);
        }

        using var text = new StreamReader(body);
        Assert.EndsWith("\n", await text.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
