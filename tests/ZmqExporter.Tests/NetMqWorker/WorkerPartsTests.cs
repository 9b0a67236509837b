using ZmqExporter.NetMqWorker;
using Zmtp;

namespace ZmqExporter.Tests.NetMqWorker;

public sealed class WorkerPartsTests
{
    private static readonly byte[] Body = "pong"u8.ToArray();

    [Theory]
    [InlineData("iothread-2", 0)]
    [InlineData("iothread-9", 7)]
    [InlineData("reaper-1", null)]
    [InlineData(null, null)]
    public void NumberOf_ThreadName_IsThatOfTheAffinity(string? name, int? number) => Assert.Equal(number, IoThread.NumberOf(name));

    [Fact]
    public void Describe_LongExceptionOfManyLines_IsOneLineWithinBounds()
    {
        var words = IoThread.Describe(new InvalidOperationException("one\ntwo " + new string('x', 1000)));

        Assert.StartsWith("InvalidOperationException: one two xxx", words, StringComparison.Ordinal);
        Assert.Equal(300, words.Length);
    }

    // Memory that is short is no reason to close who may as well be in the middle of a large message that is allowed.
    [Fact]
    public void Heaviest_ServersInTheMiddleOfALegalMessage_AreNotTheReason()
    {
        const long Flood = 32 << 20;
        (string Name, long Pending, long Flood)[] all = [("legal", Flood / 2, Flood), ("light", 1 << 20, 1 << 20)];
        Assert.Null(MemoryWatch.Heaviest(all.Select(one => one.Name), name => Weight(name, all)));

        all = [.. all, ("flood", (Flood / 2) + 1, Flood), ("larger", Flood, Flood)];
        Assert.Equal("larger", MemoryWatch.Heaviest(all.Select(one => one.Name), name => Weight(name, all)));
    }

    [Fact]
    public void Add_ReplyToAReq_IsWithoutItsDelimiter()
    {
        var block = new MessageBlock(maxFrames: 2, maxSize: 100, takesDelimiter: true);
        for (var i = 0; i < 2; i++)
        {
            block.Clear();
            block.Add([]);
            block.Add(Body);
            block.Add([]);

            Assert.Null(block.Error);
            Assert.Equal([4, 4], block.Ends.ToArray());
            Assert.Equal(Body, block.Bytes.ToArray());
        }
    }

    [Fact]
    public void Error_NoDelimiter_IsAProtocolError()
    {
        var block = new MessageBlock(maxFrames: 2, maxSize: 100, takesDelimiter: true);
        block.Add(Body);

        Assert.Equal((ZmtpErrorCode.Protocol, "the reply does not start with the empty delimiter frame: \"pong\""), (block.Error!.Code, block.Error.Message));
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(1, 101)]
    public void Error_BeyondTheBounds_IsTooLargeAndKeepsNoMoreThanThose(int frames, int size)
    {
        var block = new MessageBlock(maxFrames: 2, maxSize: 100, takesDelimiter: false);
        for (var i = 0; i < frames; i++)
        {
            block.Add(new byte[size]);
        }

        Assert.Equal(ZmtpErrorCode.TooLarge, block.Error?.Code);
        Assert.True(block.Bytes.Length <= 100);
    }

    private static (long Pending, long Flood) Weight(string name, IEnumerable<(string Name, long Pending, long Flood)> all) =>
        all.Where(one => one.Name == name).Select(one => (one.Pending, one.Flood)).Single();
}
