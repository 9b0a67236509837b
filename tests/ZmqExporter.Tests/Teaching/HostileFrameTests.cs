using System.Globalization;
using System.IO.Compression;
using System.Text;
using ZmqExporter.Cli;
using ZmqExporter.Teaching;

namespace ZmqExporter.Tests.Teaching;

/// <summary>What a peer can do to whoever looks into its messages: nothing beyond bounds, and nothing to the terminal.</summary>
public sealed class HostileFrameTests
{
    public static TheoryData<string> Payloads => [.. All.Keys];

    private static readonly Dictionary<string, Func<byte[]>> All = new(StringComparer.Ordinal)
    {
        ["zlib bomb"] = () => Zlib(new byte[64 << 20]),
        ["bomb in a bomb"] = () => Zlib(Zlib(new byte[64 << 20])),
        ["deep JSON"] = () => Encoding.ASCII.GetBytes($"{new string('[', 100_000)}{new string(']', 100_000)}"),
        ["deep MessagePack"] = () => [.. Enumerable.Repeat((byte)0x91, 100_000), 0xc0],
        ["deep CBOR"] = () => [.. Enumerable.Repeat((byte)0x81, 100_000), 0xf6],
        ["long MessagePack array"] = () => [0xdd, 0xff, 0xff, 0xff, 0xff],
        ["many nodes"] = () => Encoding.ASCII.GetBytes($"[{string.Join(',', Enumerable.Repeat("1", 300_000))}]"),
        ["many names"] = () => Encoding.ASCII.GetBytes($"{{{string.Join(',', Enumerable.Range(0, 60_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"n{i}\":{i}")))}}}"),
        ["one name many times"] = () => Encoding.ASCII.GetBytes($"{{{string.Join(',', Enumerable.Repeat("\"n\":1", 100_000))}}}"),
        ["long name"] = () => Encoding.ASCII.GetBytes($"{{\"{new string('n', 500_000)}\":{{\"a\":1}}}}"),
        ["long number"] = () => Encoding.ASCII.GetBytes($"{{\"n\":{new string('9', 500_000)}}}"),
        ["long text"] = () => Encoding.ASCII.GetBytes($"OK {new string('9', 900_000)} jobs"),
        ["many numbers"] = () => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1 ", 400_000))),
        ["64 MiB"] = () => new byte[64 << 20],
        ["64 MiB of text"] = () => [.. Enumerable.Repeat((byte)'x', 64 << 20)],
        ["invalid UTF-8"] = () => [.. "{\"a\":\""u8, 0xff, 0xfe, .. "\"}"u8],
        ["half a surrogate pair"] = () => "{\"\\ud800\":1}"u8.ToArray(),
        ["escape sequences"] = () => "{\"\\u001b[31m\":\"\\u001b]0;x\\u0007\\u202e\\u2066\\u200f\"}"u8.ToArray(),
        ["raw escape sequences"] = () => [.. "\x1b[2J\x9b31m\u202e text"u8],
        ["not a number"] = () => [0x81, 0xa1, (byte)'a', 0xca, 0x7f, 0xc0, 0, 0],
    };

    [Theory]
    [MemberData(nameof(Payloads))]
    public void Teach_HostileFrame_StaysInBoundsAndLoads(string payload)
    {
        var bytes = All[payload]();
        var message = new SeenMessage([new SeenFrame(bytes.AsMemory(0, Math.Min(bytes.Length, SeenFrameReader.MaxFrame)), bytes.Length)], Lessons.Now);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var lesson = Teacher.Teach(new LessonSubject(IsFeed: false, "m"), [message, message, message]);
        var lines = new FrameLines(isFull: false).Of(message, "message").ToList();
        var full = new FrameLines(isFull: true).Of(message, "message").ToList();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1L << 30);
        _ = Lessons.Module(lesson, isFeed: false);
        Assert.InRange(lines.Count, 2, 110);
        Assert.InRange(lines.Sum(line => line.Length), 1, 110 * 1200);
        Assert.InRange(full.Count, 2, 20_100);
        Assert.All(lines.Concat(full).Concat(LessonYaml.Of(lesson, "").Split('\n')), line => Assert.All(line.EnumerateRunes(), rune => Assert.True(Printable.IsSafe(rune), line)));
    }

    private static byte[] Zlib(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var zlib = new ZLibStream(output, CompressionLevel.Fastest))
        {
            zlib.Write(bytes);
        }

        return output.ToArray();
    }
}
