using Spectre.Console;
using ZmqExporter.Http.Api;

namespace ZmqExporter.Cli.Watch;

/// <summary>Asks, draws and takes keys, until somebody ends it.</summary>
/// <param name="client">Asks.</param>
/// <param name="console">Draws.</param>
/// <param name="readKey">The next key, or null when none was pressed.</param>
/// <param name="time">The clock.</param>
internal sealed class WatchLoop(ExporterClient client, IAnsiConsole console, Func<ConsoleKeyInfo?> readKey, TimeProvider time)
{
    private const int MostEvents = 20;
    private const int FewestTargets = 5;

    private static readonly TimeSpan KeyPeriod = TimeSpan.FromMilliseconds(50);

    private TargetListJson? _targets;
    private EventListJson? _events;
    private string? _problem;

    private int Page => Math.Clamp(console.Profile.Height - WatchView.OtherLines, FewestTargets, QueryText.MostLimit);

    /// <summary>Draws one screen, for a terminal that is none.</summary>
    /// <returns>Null, or why there is none.</returns>
    public async Task<string?> OnceAsync(BoardQuestion question, CancellationToken cancellation)
    {
        await AskAsync(question, QueryText.MostLimit, cancellation);
        if (_problem is null)
        {
            console.Write(WatchView.Render(new WatchFrame(client.Address, question.ToString(), "", _targets, _events, null), console.Profile.Width));
        }

        return _problem;
    }

    /// <summary>Draws until a key or the cancellation ends it.</summary>
    /// <param name="question">What is asked first.</param>
    /// <param name="period">How often it asks.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task RunAsync(BoardQuestion question, TimeSpan period, CancellationToken cancellation) =>
        console.Live(new Text("")).AutoClear(true).StartAsync(async live =>
        {
            var keys = new WatchKeys(question);
            while (!keys.IsOver && !cancellation.IsCancellationRequested)
            {
                var before = keys.Question;
                keys = await AskAsync(keys, live, cancellation);
                if (keys.IsOver || keys.Question != before)
                {
                    continue;
                }

                var asked = Timestamp.Now(time);
                Draw(live, keys);
                while (!keys.IsOver && keys.Question == before && asked.Elapsed(time) < period && !cancellation.IsCancellationRequested)
                {
                    keys = await PressedAsync(keys, live, Task.Delay(KeyPeriod, time, cancellation));
                }
            }
        });

    // An exporter may take its time: whoever ends it or asks something else does not wait for the answer.
    private async Task<WatchKeys> AskAsync(WatchKeys keys, LiveDisplayContext live, CancellationToken cancellation)
    {
        using var changed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var before = keys.Question;
        var answer = AskAsync(before, Page, changed.Token);
        while (!answer.IsCompleted && !keys.IsOver && keys.Question == before)
        {
            keys = await PressedAsync(keys, live, Task.WhenAny(answer, Task.Delay(KeyPeriod, time, cancellation)));
        }

        await changed.CancelAsync();
        await answer;
        return keys;
    }

    private async Task<WatchKeys> PressedAsync(WatchKeys keys, LiveDisplayContext live, Task noKey)
    {
        if (readKey() is { } key)
        {
            keys = keys.Press(key, Page, _targets?.Matched ?? 0);
            Draw(live, keys);
        }
        else
        {
            await noKey.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return keys;
    }

    private void Draw(LiveDisplayContext live, WatchKeys keys) => live.UpdateTarget(WatchView.Render(
        new WatchFrame(client.Address, keys.Question.ToString(), keys.Hint, _targets, _events, _problem), console.Profile.Width));

    private async Task AskAsync(BoardQuestion question, int limit, CancellationToken cancellation)
    {
        try
        {
            _targets = await client.TargetsAsync(question, limit, cancellation);
            _events = await client.EventsAsync(MostEvents, cancellation);
            _problem = null;
        }
        catch (ExporterProblemException e)
        {
            _problem = e.Message; // what was last known stays, marked as such
        }
        catch (OperationCanceledException)
        {
            // Somebody ends it.
        }
    }
}
