using System.Net;
using System.Text;
using Spectre.Console;
using ZmqExporter.Cli.Watch;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Http;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Cli.Watch;

public sealed class WatchTests
{
    private static readonly BoardQuestion All = new("", [], [], []);
    private static readonly ConsoleKeyInfo Right = new('\0', ConsoleKey.RightArrow, false, false, false);

    [Fact]
    public async Task Once_RunningExporter_ShowsTheWorstFirstEachOnALine()
    {
        await using var test = await StartAsync("orders", "a\u001b[31m\u202Eb");
        var screen = await OnceAsync(test, All);

        Assert.Matches("^http://exporter  2 of 2 targets  1 down  1 up", screen[0]);
        Assert.Matches(@"^down +orders +ping +0 s +0.00 % +- +refused: no luck", screen[2]);
        Assert.Matches(@"^up +a\?\[31m\?b +ping ", screen[3]); // nothing that a terminal obeys
        Assert.Contains(screen, line => line.Contains("orders/ping: suspect → down: no luck", StringComparison.Ordinal));
        Assert.All(screen, line => Assert.DoesNotContain('\u001b', line));
    }

    [Fact]
    public async Task Once_Question_IsAsked()
    {
        await using var test = await StartAsync("orders", "other");
        var screen = await OnceAsync(test, new BoardQuestion("oth", ["up", "degraded"], ["ping"], ["team=a b&c"]));
        Assert.Equal("No target fits. Press c to see all of them.", screen[1].TrimEnd());
        Assert.Contains("[search \"oth\", up or degraded, module ping, team=a b&c]", screen[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "x", "it wants a user and a password: write http://USER:PASSWORD@HOST:PORT")]
    [InlineData(HttpStatusCode.NotFound, "x", "there is no API; is it a zmq_exporter of another version?")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "busy\u001b[0m", "it answered 503 busy?[0m")]
    [InlineData(HttpStatusCode.OK, "<html>", "its answer is not what a zmq_exporter says")]
    [InlineData(HttpStatusCode.OK, "{}", "its answer is not what a zmq_exporter says")]
    [InlineData(HttpStatusCode.OK, "null", "its answer is not what a zmq_exporter says")]
    public async Task Once_AnswerOfNoUse_SaysWhatToDo(HttpStatusCode status, string body, string problem)
    {
        using var handler = new Answer(status, body);
        using var client = new ExporterClient(new Uri("http://user:p%40ss@exporter/prefix/"), handler);
        var loop = new WatchLoop(client, AnsiConsole.Create(new AnsiConsoleSettings()), () => null, TimeProvider.System);
        Assert.Equal(problem, await loop.OnceAsync(All, TestContext.Current.CancellationToken));
        Assert.Equal("http://exporter/prefix", client.Address); // not the password
        Assert.StartsWith("http://exporter/prefix/api/v1/targets?", handler.Asked, StringComparison.Ordinal);
        Assert.Equal("user:p@ss", Encoding.UTF8.GetString(Convert.FromBase64String(handler.Authorization!)));
    }

    [Fact]
    public async Task Run_Keys_SearchFilterAndEnd()
    {
        await using var test = await StartAsync("orders", "other");
        var keys = new Queue<ConsoleKeyInfo>("/oth\rsq".Select(Key));
        await using var output = new StringWriter();
        using var client = new ExporterClient(new Uri("http://exporter"), test.Handler);
        var loop = new WatchLoop(client, Console(output), Pressed, TimeProvider.System);
        await loop.RunAsync(All, TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        Assert.Empty(keys);
        Assert.Contains("search: oth_", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 of 2 targets", output.ToString(), StringComparison.Ordinal);

        // A person reads before the next key: a question that is changed is not waited for.
        ConsoleKeyInfo? Pressed() => keys.TryPeek(out var next) && (next.KeyChar != 's' || output.ToString().Contains("1 of 2 targets", StringComparison.Ordinal)) ? keys.Dequeue() : null;
    }

    [Fact]
    public async Task Run_NoAnswerComes_KeysStillWork()
    {
        using var handler = new NoAnswer();
        var keys = new Queue<ConsoleKeyInfo>("/ord\rq".Select(Key));
        await using var output = new StringWriter();
        using var client = new ExporterClient(new Uri("http://exporter"), handler);
        var loop = new WatchLoop(client, Console(output), () => keys.TryPeek(out var next) && (next.KeyChar != 'q' || handler.Asked == 2) ? keys.Dequeue() : null, TimeProvider.System);
        await loop.RunAsync(All, TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        Assert.Empty(keys);
        Assert.Equal(2, handler.Asked); // the second one for what was searched
        Assert.Contains("search: ord_", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Press_Pages_StayWithinTheTargets()
    {
        var keys = new WatchKeys(All);
        keys = keys.Press(Right, page: 10, matched: 25).Press(Right, 10, 25);
        Assert.Equal(20, keys.Question.Offset);
        Assert.Equal(20, keys.Press(Right, 10, 25).Question.Offset);
        keys = keys.Press(new ConsoleKeyInfo('\0', ConsoleKey.LeftArrow, false, false, false), 30, 25);
        Assert.Equal(0, keys.Question.Offset);
        Assert.True(keys.Press(Key('q'), 10, 25).IsOver);
    }

    [Fact]
    public void Press_States_GoRound()
    {
        var keys = new WatchKeys(All);
        var seen = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            keys = keys.Press(Key('s'), 10, 25);
            seen.Add(string.Join(',', keys.Question.States));
        }

        Assert.Equal(["down", "down,suspect,degraded,unknown", "up", ""], seen, StringComparer.Ordinal);
    }

    private static ConsoleKeyInfo Key(char character) =>
        new(character, character == '\r' ? ConsoleKey.Enter : ConsoleKey.None, false, false, false);

    private static IAnsiConsole Console(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        console.Profile.Width = 120;
        console.Profile.Height = 40;
        return console;
    }

    private static async Task<string[]> OnceAsync(HttpUnderTest test, BoardQuestion question)
    {
        await using var output = new StringWriter();
        using var client = new ExporterClient(new Uri("http://exporter"), test.Handler);
        var loop = new WatchLoop(client, Console(output), () => null, TimeProvider.System);
        Assert.Null(await loop.OnceAsync(question, TestContext.Current.CancellationToken));
        return output.ToString().Split('\n');
    }

    private static async Task<HttpUnderTest> StartAsync(string down, string up)
    {
        var test = await HttpUnderTest.StartAsync();
        var target = test.Metrics.Targets.Set(MetricsUnderTest.Target(down));
        for (var i = 0; i < 3; i++)
        {
            target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        }

        test.Metrics.Targets.Set(MetricsUnderTest.Target(up)).Record(MetricsUnderTest.OnTime());
        return test;
    }

    private sealed class NoAnswer : HttpMessageHandler
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new InvalidOperationException("it was cancelled");
        }
    }

    private sealed class Answer(HttpStatusCode status, string body) : HttpMessageHandler
    {
        public string? Asked { get; private set; }

        public string? Authorization { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Asked, Authorization) = (request.RequestUri!.ToString(), request.Headers.Authorization?.Parameter);
            return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });
        }
    }
}
