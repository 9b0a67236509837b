using System.Text;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>A link with what it told its observer, and the steps that most tests take.</summary>
internal sealed class LinkUnderTest(IMessageLink link, RecordingObserver observer) : IDisposable
{
    /// <summary>Where silence is what is awaited: a wait that nothing should end.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    private static readonly Timestamp Never = ClientUnderTest.After(TimeSpan.FromHours(1));

    public IMessageLink Link => link;

    public RecordingObserver Observer => observer;

    /// <summary>The text of a message, frames apart by a bar.</summary>
    public static string Text(ZmtpMessage message) =>
        string.Join('|', Enumerable.Range(0, message.FrameCount).Select(frame => Encoding.UTF8.GetString(message[frame])));

    /// <summary>Begins a probe, which must succeed.</summary>
    public async Task OpenAsync()
    {
        var outcome = await link.OpenAsync(ClientUnderTest.After(Eventually.Deadline));
        Assert.True(outcome.Kind == LinkOutcomeKind.Opened, outcome.ToString());
    }

    /// <summary>Waits for a message, which must come; a sign of life does not end the wait.</summary>
    public async Task<ZmtpMessage> ReceiveAsync()
    {
        while (true)
        {
            var outcome = await link.ReceiveAsync(ClientUnderTest.After(Eventually.Deadline));
            if (outcome.Kind != LinkOutcomeKind.Pong)
            {
                Assert.True(outcome.Kind == LinkOutcomeKind.Message, outcome.ToString());
                return outcome.Message!;
            }
        }
    }

    /// <summary>Sends a text and waits for the answer, which must come.</summary>
    public async Task<string> AskAsync(params IReadOnlyList<string> frames)
    {
        link.Send(ZmtpMessage.FromText(frames));
        return Text(await ReceiveAsync());
    }

    /// <summary>A whole probe that must succeed and keeps its connection.</summary>
    public async Task<string> ProbeAsync(params IReadOnlyList<string> frames)
    {
        await OpenAsync();
        var answer = await AskAsync(frames);
        link.EndProbe(AfterProbe.Keep);
        return answer;
    }

    /// <summary>Waits for an outcome that must be the end of the time. A machine that stalls may say so instead, and is asked again.</summary>
    public async Task AssertSilenceAsync()
    {
        while (true)
        {
            var outcome = await link.ReceiveAsync(ClientUnderTest.After(Short));
            if (outcome is not { Kind: LinkOutcomeKind.Failed, Error.Code: ZmtpErrorCode.Local })
            {
                Assert.True(outcome.Kind == LinkOutcomeKind.TimedOut, outcome.ToString());
                return;
            }
        }
    }

    /// <summary>Waits for an outcome that must not be the end of the time.</summary>
    public Task<LinkOutcome> ReceiveWithoutLimitAsync() =>
        link.ReceiveAsync(Never).AsTask().WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);

    /// <summary>Probes until one succeeds.</summary>
    public Task EventuallyAnswersAsync(string request, string answer) => EventuallyAsync(
        async () =>
        {
            var outcome = await link.OpenAsync(ClientUnderTest.After(TimeSpan.FromSeconds(2)));
            if (outcome.Kind == LinkOutcomeKind.Opened)
            {
                link.Send(ZmtpMessage.FromText(request));
                outcome = await link.ReceiveAsync(ClientUnderTest.After(TimeSpan.FromSeconds(2)));
            }

            var isAnswered = outcome.Kind == LinkOutcomeKind.Message && Text(outcome.Message!) == answer;
            link.EndProbe(isAnswered ? AfterProbe.Keep : AfterProbe.Close);
            return isAnswered;
        },
        $"no answer {answer}");

    /// <summary>Tries to open until it fails for this reason.</summary>
    public Task EventuallyFailsAsync(ZmtpErrorCode reason) => EventuallyAsync(
        async () =>
        {
            var outcome = await link.OpenAsync(ClientUnderTest.After(TimeSpan.FromSeconds(2)));
            link.EndProbe(outcome.Kind == LinkOutcomeKind.Opened ? AfterProbe.Keep : AfterProbe.Close);
            return outcome.Error?.Code == reason;
        },
        $"it never failed with {reason}");

    /// <summary>Waits for something that the observer is told.</summary>
    public Task EventuallyAsync(Func<RecordingObserver, bool> condition, string what) =>
        EventuallyAsync(() => Task.FromResult(condition(observer)), what);

    public void Dispose() => link.Dispose();

    private static Task<string> EventuallyAsync(Func<Task<bool>> condition, string what) =>
        Eventually.GetAsync(async () => await condition() ? "yes" : null, Eventually.Deadline, () => what);
}
