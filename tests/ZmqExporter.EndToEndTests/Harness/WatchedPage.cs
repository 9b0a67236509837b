using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>
/// A page in a browser. Its disposal fails when the page showed a dialog, asked another server, broke its own Content-Security-Policy, or
/// had an error in its script.
/// </summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _problems = new();
    private bool _expectsFailure;

    private WatchedPage(IBrowserContext context, IPage page, Uri address)
    {
        _context = context;
        Page = page;
        page.SetDefaultTimeout((float)Eventually.Deadline.TotalMilliseconds);
        page.Dialog += (_, dialog) =>
        {
            _problems.Enqueue($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != address.Authority)
            {
                _problems.Enqueue($"request to {request.Url}");
            }
        };
        page.PageError += (_, error) => _problems.Enqueue($"error: {error}");
        page.Console += (_, message) =>
        {
            // What the policy forbade is an error of the console, and so is an answer that is no success.
            if (message.Type == "error" && !_expectsFailure)
            {
                _problems.Enqueue($"console: {message.Text}");
            }
        };
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Opens it.</summary>
    public static async Task<WatchedPage> OpenAsync(IBrowserContext context, Uri address, bool isFound)
    {
        var watched = new WatchedPage(context, await context.NewPageAsync(), address) { _expectsFailure = !isFound };
        await watched.Page.GotoAsync(address.AbsoluteUri);
        return watched;
    }

    /// <summary>The texts of all elements that match.</summary>
    public Task<IReadOnlyList<string>> TextsAsync(string selector) => Page.Locator(selector).AllInnerTextsAsync();

    /// <summary>Waits until an element has this text somewhere.</summary>
    public Task WaitForTextAsync(string selector, string text) =>
        Page.Locator(selector).Filter(new LocatorFilterOptions { HasText = text }).First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });

    /// <summary>Takes the network away, or gives it back.</summary>
    public async Task SetOfflineAsync(bool isOffline)
    {
        _expectsFailure |= isOffline;
        await _context.SetOfflineAsync(isOffline);
    }

    /// <summary>What does not fit into a width, so that the page would scroll to the side.</summary>
    public Task<string[]> TooWideAsync(int width) => Page.EvaluateAsync<string[]>(
        """
        width => document.documentElement.scrollWidth <= width ? [] : ["the whole page: " + document.documentElement.scrollWidth, ...[...document.querySelectorAll("body *")]
          .filter(element => element.getBoundingClientRect().right > width && !element.closest(".scroll")).map(element => element.outerHTML.slice(0, 200))]
        """,
        width);

    /// <summary>What axe finds that is serious or critical, one line each.</summary>
    public async Task<IReadOnlyList<string>> AxeFindingsAsync()
    {
        var result = await Page.RunAxe();
        return
        [
            .. result.Violations
                .Where(violation => violation.Impact is "serious" or "critical")
                .SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id} ({violation.Impact}): {node.Html}")),
        ];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        Assert.Empty(_problems);
    }
}
