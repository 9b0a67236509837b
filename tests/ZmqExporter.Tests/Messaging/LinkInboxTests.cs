using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Tests.Messaging;

public sealed class LinkInboxTests
{
    private static readonly LinkOutcome Message = new(LinkOutcomeKind.Message, Timestamp.None, ZmtpMessage.FromText("x"));
    private static readonly LinkOutcome Large = Message with { Message = ZmtpMessage.FromText(new string('x', 3 << 20)) };
    private static readonly LinkOutcome Pong = new(LinkOutcomeKind.Pong, Timestamp.None);

    private readonly LinkInbox _inbox = new();

    [Fact]
    public void TryAdd_Messages_AreBoundedInNumberAndInBytes()
    {
        Assert.True(_inbox.TryAdd(Large));
        Assert.False(_inbox.TryAdd(Large));
        Fill();
        Assert.True(_inbox.TryTake(out _));
        Assert.True(_inbox.TryAdd(Message)); // there is room again
        Assert.False(_inbox.TryAdd(Message));
    }

    // Or a flood of messages would make a process that lives a mute one.
    [Fact]
    public void TryAdd_SignOfLifeThatComesAfterTooManyMessages_IsKept()
    {
        Fill();

        Assert.True(_inbox.TryAdd(Pong));

        Assert.Equal(Pong, _inbox.TakeAll()!.Last());
    }

    private void Fill()
    {
        for (var i = 0; _inbox.TryAdd(Message); i++)
        {
            Assert.InRange(i, 0, 1000);
        }
    }
}
