using System.Text;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

public sealed class FeedTapTests
{
    private const string Password = "hunter22";

    [Fact]
    public async Task OnFrame_MoreMessagesThanAreWanted_ShowsTheFirstOnes()
    {
        var recorder = new ConversationRecorder(detail: new ConversationDetail(IsKept: true, FeedMessages: 2));
        var tap = FeedTap.For(recorder)!;
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(i >= 2, recorder.FeedIsEnough.IsCompleted);
            tap.OnFrame(0, "topic"u8, 5, isLast: false);
            tap.OnFrame(1, [(byte)('0' + i)], 1, isLast: true);
        }

        await recorder.FeedIsEnough;
        var entries = recorder.Take();

        Assert.Equal(["< \"topic\" | \"0\"", "< \"topic\" | \"1\""], entries.Select(entry => entry.ToString()), StringComparer.Ordinal);
        Assert.Equal([5, 1], entries[0].Message!.Frames.Select(frame => frame.Length));
        Assert.False(recorder.FeedIsEnough.IsCompleted); // the next probe shows its own
    }

    [Fact]
    public void OnFrame_MessageOfAnySize_IsKeptWithinBounds()
    {
        var recorder = new ConversationRecorder(detail: new ConversationDetail(IsKept: true, FeedMessages: 1));
        var tap = FeedTap.For(recorder)!;
        var head = new byte[FeedTap.KeptLength];
        for (var number = 0; number < 1000; number++)
        {
            tap.OnFrame(number, head, 64 << 20, isLast: number == 999);
        }

        var message = Assert.Single(recorder.Take()).Message!;

        Assert.Equal(FeedTap.MaxFrames, message.Frames.Length);
        Assert.InRange(message.Frames.Sum(frame => (long)frame.Bytes.Length), 1, 4 << 20);
        Assert.All(message.Frames, frame => Assert.Equal(64 << 20, frame.Length));
    }

    [Fact]
    public void For_ObserverThatShowsNoFeed_IsNone() => Assert.Null(FeedTap.For(new ConversationRecorder()));

    [Fact]
    public void OnFrame_PasswordAtTheEndOfWhatIsKept_IsNotShown()
    {
        var recorder = new ConversationRecorder(detail: new ConversationDetail(IsFull: true, IsKept: true, FeedMessages: 1));
        var tap = FeedTap.For(new MaskedProber.Observer(recorder, PasswordMask.For(Password)!))!;
        var frame = Encoding.ASCII.GetBytes($"{Password}{new string('.', 20_000)}{Password[..6]}");

        tap.OnFrame(0, frame, frame.Length + 100, isLast: true);

        var entry = Assert.Single(recorder.Take());
        var shown = entry.Message!.Frames[0];
        Assert.Equal(frame.Length + 100 - Password.Length - 6 + (2 * PasswordMask.Replacement.Length), shown.Length);
        Assert.StartsWith("< \"<password>...", entry.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Password[..6], Encoding.ASCII.GetString(shown.Bytes.Span), StringComparison.Ordinal);
        Assert.DoesNotContain(Password[..6], entry.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OnMessageReceived_TokenThatWasSent_IsKnownInTheReply()
    {
        var recorder = new ConversationRecorder(detail: new ConversationDetail(IsKept: true));
        var token = ProbeToken.Next().ToString();
        recorder.OnMessageSent(ZmtpMessage.FromText($"hello {token}", "0123456789abcdef01234567"));
        recorder.OnMessageReceived(ZmtpMessage.FromText(token));

        Assert.Equal([token], recorder.Take()[^1].Message!.Tokens, StringComparer.Ordinal);
    }
}
