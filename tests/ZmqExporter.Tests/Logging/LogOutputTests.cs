using System.Collections.Concurrent;
using System.Text;
using ZmqExporter.Logging;
using ZmqExporter.Tests.Scheduling;

namespace ZmqExporter.Tests.Logging;

public sealed class LogOutputTests
{
    [Fact]
    public void Dispose_LinesWait_AreWrittenInTheirOrder()
    {
        using var stream = new MemoryStream();
        using (var output = new LogOutput(stream, _ => "lost\n"))
        {
            for (var i = 0; i < 1000; i++)
            {
                output.Write($"line {i}\n");
            }
        }

        Assert.Equal(string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i}\n")), Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public async Task Write_ReaderStandsStill_NeverWaitsAndSaysLaterHowManyAreMissing()
    {
        using var stream = new GatedStream();
        using var output = new LogOutput(stream, lost => $"lost {lost}\n");
        var line = new string('x', 1023) + "\n";
        output.Write("first\n");
        await Eventually.TrueAsync(() => stream.IsWaiting, "the first line is being written");

        for (var i = 0; i < (LogOutput.MaxWaiting / 1024) + 7; i++)
        {
            output.Write(line);
        }

        stream.Gate.Set();
        await Eventually.TrueAsync(() => stream.Text.Count(c => c == '\n') == (LogOutput.MaxWaiting / 1024) + 2, "all that fits is written");
        Assert.StartsWith("first\nlost 7\nxxx", stream.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_TheDiskWasFull_SaysHowManyAreMissing()
    {
        using var stream = new GatedStream { Failures = 2 };
        stream.Gate.Set();
        using var output = new LogOutput(stream, lost => $"lost {lost}\n");
        output.Write("a\n");
        await Eventually.TrueAsync(() => stream.Failures == 1, "the first write fails");
        output.Write("b\n");
        await Eventually.TrueAsync(() => stream.Failures == 0, "the second write fails");
        output.Write("c\n");

        await Eventually.TrueAsync(() => stream.Text == "lost 2\nc\n", "the third is written");
    }

    private sealed class GatedStream : MemoryStream
    {
        private readonly ConcurrentQueue<byte[]> _written = [];
        private volatile bool _isWaiting;
        private volatile int _failures;

        public ManualResetEventSlim Gate { get; } = new();

        public bool IsWaiting => _isWaiting;

        public int Failures
        {
            get => _failures;
            init => _failures = value;
        }

        public string Text => string.Concat(_written.Select(Encoding.UTF8.GetString));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _isWaiting = true;
            Gate.Wait(TimeSpan.FromSeconds(30));
            if (_failures > 0)
            {
                _failures--;
                throw new IOException("no space left on device");
            }

            _written.Enqueue(buffer.ToArray());
        }

        protected override void Dispose(bool disposing)
        {
            Gate.Dispose();
            base.Dispose(disposing);
        }
    }
}
