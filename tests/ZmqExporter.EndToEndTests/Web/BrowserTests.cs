using Microsoft.Playwright;

namespace ZmqExporter.EndToEndTests.Web;

/// <summary>The pages in a real browser: what only one can judge. What they say is tested without it.</summary>
public sealed class BrowserTests(BoardUnderTest board) : IClassFixture<BoardUnderTest>, IAsyncLifetime
{
    private const string HostileTarget = "targets/host%3Cb%3Eile%2Fa%20b%252F/ping";

    private const string WrongAddress = "?state=dwn";
    private const int PhoneWidth = 360;

    public static TheoryData<string> Pages =>
    [
        .. BoardUnderTest.Targets.Select(target => PageOf(target.Value)), "", "?group=label.team&q=e", WrongAddress, HostileTarget,
    ];

    /// <inheritdoc />
    public ValueTask InitializeAsync() => new(board.Started);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_LightOnAPhoneOrDarkOnADesk_IsAccessibleAndHasRoom(string path)
    {
        var options = new BrowserNewContextOptions { ColorScheme = ColorScheme.Light, ViewportSize = new ViewportSize { Width = PhoneWidth, Height = 740 } };
        await using var page = await board.OpenAsync("/" + path, options, isFound: path != WrongAddress);
        await page.Page.EvaluateAsync("document.querySelectorAll('details').forEach(details => details.open = true)");
        Assert.Empty(await page.TooWideAsync(PhoneWidth));
        Assert.Empty(await page.AxeFindingsAsync());

        await page.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await page.Page.SetViewportSizeAsync(1400, 900);
        Assert.Empty(await page.AxeFindingsAsync());
    }

    [Fact]
    public async Task Target_ChangesItsState_ThePageFollowsAndKeepsWhatTheReaderDid()
    {
        await using var list = await board.OpenAsync("/?q=mover");
        await using var detail = await board.OpenAsync("/" + PageOf("mover"));
        await list.WaitForTextAsync("tr[data-key='mover/ping'] .state", "up");
        await list.WaitForTextAsync("#status", "live");
        await list.Page.FocusAsync("tr[data-key='mover/ping'] a");
        await detail.Page.ClickAsync("summary >> nth=0");
        await detail.Page.EvaluateAsync("window.opened = document.querySelector('details[open]'); scrollTo(0, 200)");

        await board.Mover.CommandAsync("hang");
        await list.WaitForTextAsync("tr[data-key='mover/ping'] .state", "down");
        await detail.WaitForTextAsync(".verdict .state", "down");

        await list.WaitForTextAsync("#announcer", "mover ping is ");
        await list.WaitForTextAsync("tr[data-key='mover/ping']", "no reply in time");
        Assert.StartsWith("1 down", await list.Page.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal("mover ping", await list.Page.EvaluateAsync<string>("document.activeElement.innerText"));
        Assert.Equal("there and open", await OpenedAsync());
        Assert.InRange(await detail.Page.EvaluateAsync<double>("scrollY"), 100, 300); // a browser keeps to what is read when something above it grows

        await board.Mover.CommandAsync("resume");
        await list.WaitForTextAsync("tr[data-key='mover/ping'] .state", "up");
        await detail.WaitForTextAsync(".verdict .state", "up");
        await detail.WaitForTextAsync(".failure.was-down", "no reply in time");
        Assert.Equal("there and open", await OpenedAsync()); // although what to do about the outage, which was above it, has gone

        Task<string> OpenedAsync() => detail.Page.EvaluateAsync<string>(
            "!window.opened ? 'the page was loaded again' : !opened.isConnected ? 'the table was replaced' : opened.open ? 'there and open' : 'closed'");
    }

    // As behind a proxy that passes the path on; all other tests here are as behind one that strips it.
    [Fact]
    public async Task Pages_BelowThePathOfTheExternalUrl_AreLiveAndLeadToEachOther()
    {
        await using var page = await board.OpenAsync(BoardUnderTest.Prefix + "#%"); // a fragment that means nothing hurts nobody
        await page.WaitForTextAsync("#status", "live");
        await page.Page.ClickAsync("tr[data-key='well/ping'] th a");
        await page.Page.WaitForURLAsync($"**{BoardUnderTest.Prefix}/targets/well/ping");
        await page.WaitForTextAsync("#status", "live");
        Assert.Equal("http://people.example" + BoardUnderTest.Prefix + "/targets/well/ping", await page.Page.GetAttributeAsync("a[rel=bookmark]", "href"));
    }

    [Fact]
    public async Task Search_Address_IsTheViewForOthers()
    {
        await using var page = await board.OpenAsync("/");
        await page.Page.FillAsync("input[name=q]", "ll");
        await page.Page.SelectOptionAsync("select[name=label] >> nth=0", "team=trading");
        await page.Page.PressAsync("input[name=q]", "Enter");
        await page.Page.WaitForURLAsync("**/?q=ll&label=*");
        Assert.Equal(["well"], await page.TextsAsync("table.board th > a > bdi"), StringComparer.Ordinal);

        await using var other = await board.OpenAsync(new Uri(page.Page.Url).PathAndQuery);
        Assert.Equal(["well"], await other.TextsAsync("table.board th > a > bdi"), StringComparer.Ordinal);
        await other.Page.ClickAsync("a.label >> nth=0");
        await other.Page.WaitForURLAsync("**/?q=ll&label.team=trading");
        await other.Page.ClickAsync(".chips a >> nth=0");
        await other.Page.WaitForURLAsync("**/?label.team=trading");
        Assert.Equal(["slow", "well"], (await other.TextsAsync("table.board th > a > bdi")).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Pages_WithoutJavaScript_ShowTheSame()
    {
        await using var page = await board.OpenAsync("/", new BrowserNewContextOptions { JavaScriptEnabled = false });
        await page.Page.SelectOptionAsync("select[name=state]", "down");
        await page.Page.ClickAsync("form button");
        Assert.Contains("gone", await page.TextsAsync("table.board th > a > bdi"), StringComparer.Ordinal);
        Assert.DoesNotContain("well", await page.TextsAsync("table.board th > a > bdi"), StringComparer.Ordinal);
        Assert.Contains("ago", Assert.Single(await page.TextsAsync("tr[data-key='gone/ping'] td.last .muted")), StringComparison.Ordinal);
        await page.Page.ClickAsync("tr[data-key='gone/ping'] th > a");
        Assert.Equal(["gone ping"], await page.TextsAsync("h1"));
        Assert.NotEmpty(await page.TextsAsync(".failure"));
        Assert.False(await page.Page.Locator("#status").IsVisibleAsync());
        await page.Page.ClickAsync("text=All targets");
        Assert.Equal(7, (await page.TextsAsync("table.board th > a > bdi")).Count);
    }

    // Whatever it tries shows as text; the page's own end says whether it did more.
    [Fact]
    public async Task Page_HostileReply_IsText()
    {
        await using var page = await board.OpenAsync("/?q=%3Cscript");
        Assert.Contains("<script>", Assert.Single(await page.TextsAsync("td.last bdi")), StringComparison.Ordinal);
        await page.Page.ClickAsync("table.board th > a");
        Assert.Equal(["host<b>ile/a b%2F ping"], await page.TextsAsync("h1"));
        await page.Page.EvaluateAsync("document.querySelectorAll('.failure details').forEach(details => details.open = true)");
        var hostile = BoardUnderTest.Hostile.Replace("\"", "\\\"", StringComparison.Ordinal);
        Assert.Contains(await page.TextsAsync(".failure table:last-of-type td:not(.hex) code"), text => text.Contains(hostile, StringComparison.Ordinal)); // a busy machine adds a timeout
        await page.WaitForTextAsync("#status", "live");
        Assert.Equal(0, await page.Page.Locator("main img, main script, main style").CountAsync());
    }

    [Fact]
    public async Task Exporter_OutOfReach_ThePageSaysSo()
    {
        await using var page = await board.OpenAsync("/");
        await page.WaitForTextAsync("#status", "live");
        await page.SetOfflineAsync(true);
        await page.WaitForTextAsync("#status", "reconnecting");
        await page.WaitForTextAsync("#status", "stale since");
        await page.SetOfflineAsync(false);
        await page.WaitForTextAsync("#status", "live");
    }

    [Fact]
    public async Task Keyboard_FirstKey_SkipsToTheTargets()
    {
        await using var page = await board.OpenAsync("/");
        await page.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the targets", await page.Page.EvaluateAsync<string>("document.activeElement.innerText"));
        Assert.True(await page.Page.EvaluateAsync<bool>("document.activeElement.getBoundingClientRect().left >= 0"));
        await page.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("live", await page.Page.EvaluateAsync<string>("document.activeElement.id"));
    }

    private static string PageOf(string target) => $"targets/{target}/{target switch { "doubted" => "doubted", "silent" => "feed", _ => "ping" }}";
}
