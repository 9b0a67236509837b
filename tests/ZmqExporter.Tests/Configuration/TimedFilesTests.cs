using ZmqExporter.Configuration;

namespace ZmqExporter.Tests.Configuration;

public sealed class TimedFilesTests
{
    private readonly TimedFiles _files = new(TimeSpan.FromMilliseconds(50));

    [Fact]
    public void Limit_FileThatIsReadInTime_IsWhatItIs() =>
        Assert.Equal([1, 2], _files.Limit(new ConfigInputs { ReadFile = (_, _) => [1, 2] }).ReadFile("a", 10));

    [Fact]
    public void Limit_FileThatCannotBeRead_ThrowsWhatItThrew() =>
        Assert.Throws<UnauthorizedAccessException>(() => _files.Limit(new ConfigInputs { ReadFile = (_, _) => throw new UnauthorizedAccessException() }).ReadFile("a", 10));

    [Fact]
    public async Task Limit_FileThatHangs_CostsOneThreadAndIsReadOnceItIsBack()
    {
        using var server = new ManualResetEventSlim();
        var reads = 0;
        var inputs = _files.Limit(new ConfigInputs
        {
            ReadFile = (_, _) =>
            {
                Interlocked.Increment(ref reads);
                server.Wait();
                return [1];
            },
        });

        for (var i = 0; i < 3; i++)
        {
            Assert.False(BoundedFile.TryRead(inputs, "a", 10, out _, out var failure));
            Assert.Equal("was not within 50ms read: does its file system hang?", failure.Message);
        }

        Assert.Equal(1, reads);
        server.Set();
        await Eventually.TrueAsync(() => BoundedFile.TryRead(inputs, "a", 10, out _, out _), "it is read again");
    }
}
