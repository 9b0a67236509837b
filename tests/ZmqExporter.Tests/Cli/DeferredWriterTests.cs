using ZmqExporter.Cli;

namespace ZmqExporter.Tests.Cli;

public sealed class DeferredWriterTests
{
    [Fact]
    public async Task Writer_UntilSomethingIsWritten_OpensNothing()
    {
        using var inner = new StringWriter();
        var opened = 0;
        await using var writer = new DeferredWriter(() =>
        {
            opened++;
            return inner;
        });
        await writer.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, opened);

        writer.Write('a');
        writer.Write("b");
        writer.Write("cd".ToCharArray());
        writer.Write("e".AsSpan());
        await writer.WriteAsync("f");
        await writer.WriteLineAsync("g");

        Assert.Equal($"abcdefg{Environment.NewLine}", inner.ToString());
        Assert.Equal(1, opened);
        Assert.Same(inner, DeferredWriter.Open(writer));
        Assert.Same(inner, DeferredWriter.Open(inner));
    }
}
