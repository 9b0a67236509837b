using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class NetMqPartsTests
{
    private static readonly byte[] Body = "pong"u8.ToArray();

    [Theory]
    [InlineData("   at NetMQ.Core.Transports.StreamEngine.X()\n   at NetMQ.Core.Utils.Proactor.Loop()\n   at System.Threading.Thread.StartCallback()", true)]
    [InlineData("   at NetMQ.Core.Utils.Poller.Loop()", true)]
    [InlineData("   at NetMQ.NetMQSocket.TrySend()\n   at ZmqExporter.Program.Main()", false)]
    [InlineData("   at ZmqExporter.Some.Callback()\n   at NetMQ.Core.Utils.Proactor.Loop()", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void IsNetMqThread_OnlyItsMainLoops_AreTaken(string? stack, bool taken) => Assert.Equal(taken, IoThreadWatch.IsNetMqThread(stack));

    [Theory]
    [InlineData("iothread-2", 0)]
    [InlineData("iothread-9", 7)]
    [InlineData("reaper-1", null)]
    [InlineData(null, null)]
    public void NumberOf_ThreadName_IsThatOfTheAffinity(string? name, int? number) => Assert.Equal(number, IoThreadWatch.NumberOf(name));

    [Fact]
    public void Problem_LimitThatIsTooLow_SaysWhatAndHowToMendIt()
    {
        var problem = NetMqLimits.Problem(netMqTargets: 500, otherTargets: 10, limit: 1024);

        Assert.StartsWith("500 targets with client: netmq need 7 file descriptors each", problem, StringComparison.Ordinal);
        Assert.Contains("this process may open 1024: raise the limit (ulimit -n ", problem, StringComparison.Ordinal);
        Assert.Contains("LimitNOFILE=", problem, StringComparison.Ordinal);
    }

    // Else whoever raises it to that number is told another one.
    [Fact]
    public void Problem_OthersNeedMore_SaysTheirNumber()
    {
        var problem = NetMqLimits.Problem(netMqTargets: 500, otherTargets: 10, limit: 1024, sufficient: 9999);
        Assert.Contains("about 9999 with everything else", problem, StringComparison.Ordinal);
        Assert.Contains("(ulimit -n 9999, or LimitNOFILE=9999 ", problem, StringComparison.Ordinal);
        Assert.Null(NetMqLimits.Problem(netMqTargets: 500, otherTargets: 10, limit: 9000, sufficient: 9999)); // not for that alone
    }

    [Theory]
    [InlineData(0, 100_000, 1024)] // our own client says so itself, when it comes to it
    [InlineData(500, 0, 8192)]
    [InlineData(500, 0, double.PositiveInfinity)]
    public void Problem_NoNetMqOrALimitThatSuffices_IsNone(int netMq, int others, double limit) => Assert.Null(NetMqLimits.Problem(netMq, others, limit));

    [Theory]
    [InlineData(10, 170, true)]
    [InlineData(10, 169, false)]
    [InlineData(10, double.PositiveInfinity, true)]
    public void Suffices_SevenForEachTargetAndAHundred_IsEnough(int targets, double free, bool enough) =>
        Assert.Equal(enough, NetMqLimits.Suffices(targets, free));

    [Fact]
    public void TryEnd_ReplyToAReq_IsWithoutItsDelimiter()
    {
        var assembler = new MessageAssembler(maxFrames: 2, maxSize: 100, takesDelimiter: true);
        assembler.Add([]);
        assembler.Add(Body);
        assembler.Add([]);

        Assert.True(assembler.TryEnd(out var message, out _));
        Assert.Equal((2, 4), (message!.FrameCount, message.Length));
    }

    [Fact]
    public void TryEnd_NoDelimiter_IsAProtocolError()
    {
        var assembler = new MessageAssembler(maxFrames: 2, maxSize: 100, takesDelimiter: true);
        assembler.Add(Body);

        Assert.False(assembler.TryEnd(out _, out var error));
        Assert.Equal((ZmtpErrorCode.Protocol, "the reply does not start with the empty delimiter frame: \"pong\""), (error!.Code, error.Message));
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(1, 101)]
    public void TryEnd_BeyondTheBounds_IsTooLargeAndKeepsNoMoreThanThose(int frames, int size)
    {
        var assembler = new MessageAssembler(maxFrames: 2, maxSize: 100, takesDelimiter: false);
        for (var i = 0; i < frames; i++)
        {
            assembler.Add(new byte[size]);
        }

        Assert.False(assembler.TryEnd(out _, out var error));
        Assert.Equal(ZmtpErrorCode.TooLarge, error!.Code);
    }

    [Fact]
    public void TryTake_LateReplies_AreBounded()
    {
        var budget = new LateReplyBudget(LateReply.MaxPerProcess);
        Assert.All(Enumerable.Range(0, LateReply.MaxPerProcess), _ => Assert.True(budget.TryTake()));
        Assert.False(budget.TryTake());

        budget.Return();
        Assert.True(budget.TryTake());
    }
}
