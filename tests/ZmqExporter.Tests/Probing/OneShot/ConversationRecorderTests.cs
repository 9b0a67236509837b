using System.Text;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;
using Zmtp;

namespace ZmqExporter.Tests.Probing.OneShot;

public sealed class ConversationRecorderTests
{
    private static readonly byte[] Long = [.. Enumerable.Repeat((byte)'x', 100), 0xff];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OnMessageReceived_LongFrame_IsShownAsAWholeOnDemand(bool isFull)
    {
        var recorder = new ConversationRecorder(detail: new ConversationDetail(isFull));

        ((IProbeObserver)recorder).OnMessageReceived(ZmtpMessage.FromFrames([Long, []]));

        var shown = isFull ? $"\"{new string('x', 100)}\\xff\"" : $"\"{new string('x', 48)}…\"";
        Assert.Equal($"< {shown} | \"\"", Assert.Single(recorder.Take()).ToString());
        Assert.Equal(isFull, recorder.ShowsWholeMessages);
    }

    [Fact]
    public void Take_MoreThanIsKept_SaysHowManyAreMissing()
    {
        var recorder = new ConversationRecorder();
        for (var i = 0; i < 123; i++)
        {
            recorder.OnStaleReply();
        }

        var entries = recorder.Take();

        Assert.Equal(101, entries.Length);
        Assert.Equal("  … and 23 more that are not shown", entries[^1].ToString());
        Assert.Empty(recorder.Take());
    }

    [Fact]
    public void Observer_OfAPassword_MasksItBeyondWhatIsShownOfAFrameByDefault()
    {
        var frame = Encoding.ASCII.GetBytes($"{new string('.', 70_000)}hunter22 and more");
        foreach (var isFull in (bool[])[false, true])
        {
            var recorder = new ConversationRecorder(detail: new ConversationDetail(isFull));

            new MaskedProber.Observer(recorder, PasswordMask.For("hunter22")!).OnMessageReceived(ZmtpMessage.FromFrames([frame]));

            var text = Assert.Single(recorder.Take()).ToString();
            Assert.DoesNotContain("hunter22", text, StringComparison.Ordinal);
            Assert.Equal(isFull, text.EndsWith("<password> and more\"", StringComparison.Ordinal));
        }
    }
}
