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

    // What a thread that works has not come to yet is no silence of a server.
    [Fact]
    public void IsIdle_Thread_IsWhetherItWaitsForWork()
    {
        var hasWork = true;
        using var began = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            began.Set();
            while (Volatile.Read(ref hasWork))
            {
                Thread.SpinWait(100); // and never sleeps
            }

            end.Wait();
        })
        { Name = "iothread-9", IsBackground = true };
        thread.Start();
        began.Wait(TestContext.Current.CancellationToken);
        try
        {
            Eventually.True(() => !IoThread.IsIdle(7));
            Volatile.Write(ref hasWork, false);
            Eventually.True(() => IoThread.IsIdle(7));
        }
        finally
        {
            Volatile.Write(ref hasWork, false);
            end.Set();
            thread.Join();
        }

        // The thread that waits for .NET's sockets, which other tests have, has to be asleep as well.
        Eventually.True(() => IoThread.IsIdle(8)); // one that nobody can tell of
        Eventually.True(() => IoThread.IsIdle(7)); // nor of one that has ended
    }

    [Fact]
    public void Describe_LongExceptionOfManyLines_IsOneLineWithinBounds()
    {
        var words = IoThread.Describe(new InvalidOperationException("one\ntwo " + new string('x', 1000)));

        Assert.StartsWith("InvalidOperationException: one two xxx", words, StringComparison.Ordinal);
        Assert.Equal(300, words.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1, 40)]
    [InlineData(40, 40)]
    [InlineData(41, 40, 30)]
    [InlineData(1000, 40, 30, 20)] // who holds little is let alone
    public void Heaviest_Excess_AreAsManyAsHoldIt(int excess, params int[] expected)
    {
        const long Mebibyte = 1 << 20;
        int[] pending = [20, 1, 40, 30];

        Assert.Equal(expected, MemoryWatch.Heaviest(pending, megabytes => megabytes * Mebibyte, excess * Mebibyte));
    }

    [Fact]
    public void Excess_MemoryThatSuffices_IsNone() => Assert.Equal(0, new MemoryWatch().Excess(Environment.TickCount64));

    [Fact]
    public void Add_ReplyToAReq_IsWithoutItsDelimiter()
    {
        var block = new MessageBlock(maxFrames: 2, maxSize: 100, takesDelimiter: true);
        block.Add([]);
        block.Add(Body);
        block.Add([]);

        Assert.Null(block.Error);
        Assert.Equal(2, block.Message.FrameCount);
        Assert.Equal(Body, block.Message[0].ToArray());
        Assert.Empty(block.Message[1].ToArray());
    }

    [Theory]
    [InlineData("pong", "\"pong\"")]
    [InlineData("", "\"\"")]
    public void Error_NoDelimiterOrNothingElse_IsAProtocolError(string first, string shown)
    {
        var block = new MessageBlock(maxFrames: 2, maxSize: 100, takesDelimiter: true);
        block.Add(System.Text.Encoding.ASCII.GetBytes(first));

        Assert.Equal((ZmtpErrorCode.Protocol, $"the reply does not start with the empty delimiter frame: {shown}"), (block.Error!.Code, block.Error.Message));
    }

    [Theory]
    [InlineData(3, 1, false)]
    [InlineData(1, 101, false)]
    [InlineData(4, 0, true)]
    public void Error_BeyondTheBounds_IsTooLarge(int frames, int size, bool takesDelimiter)
    {
        var block = new MessageBlock(maxFrames: 2, maxSize: 100, takesDelimiter);
        for (var i = 0; i < frames; i++)
        {
            block.Add(new byte[size]);
        }

        Assert.Equal(ZmtpErrorCode.TooLarge, block.Error?.Code);
    }
}
