using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Web;
using ZmqExporter.Http;
using ZmqExporter.Http.Protection;

namespace ZmqExporter.Tests.Http.Protection;

public sealed class RequestProtectionTests
{
    private static readonly IPEndPoint Client = new(IPAddress.Loopback, 40_000);
    private static readonly IPEndPoint Server = new(IPAddress.Loopback, 19_555);

    private static readonly WebConfig Protected = new()
    {
        Users = ImmutableSortedDictionary.Create<string, Secret>(StringComparer.Ordinal).Add("alice", new Secret(BCrypt.Net.BCrypt.HashPassword("secret", 4))),
        Headers = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("X-Frame-Options", "deny"),
    };

    [Theory]
    [InlineData(null, 401)]
    [InlineData("alice:secret", 200)]
    [InlineData("alice:wrong", 401)]
    [InlineData("bob:secret", 401)]
    [InlineData("alice:", 401)]
    public async Task Request_WithUsers_NeedsOne(string? credentials, int status)
    {
        await using var app = await StartAsync(Protected);

        using var response = await AskAsync(app, "/metrics", credentials);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 401, response.Headers.WwwAuthenticate.Any(challenge => challenge.Scheme == "Basic"));
        Assert.Equal("deny", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
    }

    [Theory]
    [InlineData("/-/healthy", 200)]
    [InlineData("/-/ready", 200)]
    [InlineData("/-/HEALTHY", 401)]
    [InlineData("/-/healthy/", 401)]
    [InlineData("/-/healthy/../../metrics", 401)]
    [InlineData("/-/healthy%2f..%2fmetrics", 401)]
    [InlineData("/-/reload", 401)]
    [InlineData("/", 401)]
    [InlineData("/nowhere", 401)]
    public async Task Request_WithoutAPassword_IsForHealthAlone(string path, int status)
    {
        await using var app = await StartAsync(Protected);

        using var response = await AskAsync(app, path);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Request_AboveTheRate_Is429BeforeAnyPasswordAndHealthIsNotCounted()
    {
        await using var app = await StartAsync(Protected with { RateLimit = new RateLimitConfig(TimeSpan.FromHours(1), Burst: 2) });
        using var first = await AskAsync(app, "/metrics", "alice:secret");
        using var second = await AskAsync(app, "/metrics", "alice:wrong");
        using var third = await AskAsync(app, "/metrics", "alice:secret");
        using var health = await AskAsync(app, "/-/healthy");

        Assert.Equal([200, 401, 429, 200], new[] { first, second, third, health }.Select(response => (int)response.StatusCode));
        Assert.NotNull(third.Headers.RetryAfter);
    }

    [Fact]
    public async Task Request_OfTheWarmUp_NeedsNothingAndIsNotCounted()
    {
        var own = new OwnConnection();
        await using var app = await StartAsync(Protected with { RateLimit = new RateLimitConfig(TimeSpan.FromHours(1), Burst: 1) }, own);
        own.Begin(Client, Server);
        for (var i = 0; i < 3; i++)
        {
            using var warm = await AskAsync(app, "/metrics");
            Assert.Equal(HttpStatusCode.OK, warm.StatusCode);
        }

        own.End();
        using var other = await AskAsync(app, "/metrics");
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
    }

    [Fact]
    public async Task Request_WithTwoAuthorizations_IsRefused()
    {
        await using var app = await StartAsync(Protected);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Authorization", [$"Basic {Encode("alice:secret")}", $"Basic {Encode("alice:wrong")}"]);

        using var response = await app.GetTestClient().SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static async Task<WebApplication> StartAsync(WebConfig config, OwnConnection? own = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        builder.Services.AddSingleton(own ?? new OwnConnection());
        builder.Services.AddProtection(_ => new WebConfigStore(
            new WebConfigResult(config, [], [], []), () => throw new InvalidOperationException(), _ => "", TimeProvider.System, NullLogger<WebConfigStore>.Instance));
        var app = builder.Build();
        app.Use((context, next) =>
        {
            (context.Connection.RemoteIpAddress, context.Connection.RemotePort) = (Client.Address, Client.Port);
            (context.Connection.LocalIpAddress, context.Connection.LocalPort) = (Server.Address, Server.Port);
            return next(context);
        });
        app.UseProtection();
        app.UseRouting();
        app.MapFallback("{**path}", context => context.Response.WriteAsync("the page"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<HttpResponseMessage> AskAsync(WebApplication app, string path, string? credentials = null)
    {
        using var client = app.GetTestClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(client.BaseAddress!, path));
        if (credentials is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Encode(credentials));
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
