using Microsoft.Playwright;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>Debian's Chromium.</summary>
internal sealed class ChromiumBrowser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private ChromiumBrowser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Starts it.</summary>
    public static async Task<ChromiumBrowser> StartAsync()
    {
        var executable = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(directory => Path.Combine(directory, "chromium")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("there is no chromium; install it with: apt-get install chromium");
        var playwright = await Playwright.CreateAsync();
        try
        {
            // The sandbox needs rights that containers do not give; it is only our own pages that are shown.
            var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = executable, Args = ["--no-sandbox"] });
            return new ChromiumBrowser(playwright, browser);
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>Opens a page as a new visitor.</summary>
    /// <param name="address">Where.</param>
    /// <param name="options">What kind of visitor; null for a usual one.</param>
    /// <param name="isFound">Whether the page's own status is a success.</param>
    public async Task<WatchedPage> OpenAsync(Uri address, BrowserNewContextOptions? options = null, bool isFound = true)
    {
        var context = await _browser.NewContextAsync(options ?? new BrowserNewContextOptions());
        return await WatchedPage.OpenAsync(context, address, isFound);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
