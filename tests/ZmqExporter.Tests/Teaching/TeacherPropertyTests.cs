using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using ZmqExporter.Probing;
using ZmqExporter.Teaching;
using Zmtp;

namespace ZmqExporter.Tests.Teaching;

/// <summary>Whatever comes: what is proposed for it is a module that loads, and that takes the very messages that it was made from.</summary>
public sealed class TeacherPropertyTests
{
    private static readonly Gen<string> Names = Gen.OneOf(
        Of(
            "status", "ok", "error", "id", "name", "n", "seq", "at", "ts", "workers", "queue", "depth", "requests_total", "target", "a b", "it's", "a\"b", "back\\slash", "",
            "${HOME}", "{token}", "[0]", "*", "é", "\u0085", "\u202e", "\ud83d\ude00", "1", "_", "x-y", "a.b", "true", "__proto__", "\n"),
        Gen.String[0, 6]);

    private static readonly Gen<string> Scalars = Gen.OneOf(
        Of(
            "null", "true", "false", "0", "-1", "1.5", "1e999", "-0", "18446744073709551616", "200", "1764180000", "1764180000123", "1764180000.5", "\"ok\"", "\"down\"",
            "\"2025-11-26T18:00:00Z\"", "\"12\"", "\"\"", "\"{tokn}\"", "\"${X}\"", "\"\\u0000\"", "\"\\u00a0x\"", "\"\\u202e\"", "\"no\"", "\"~\"", "\"$.a\"", "{}", "[]"),
        Gen.Int.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        Gen.Double.Where(double.IsFinite).Select(number => number.ToString("R", CultureInfo.InvariantCulture)),
        Gen.String[0, 12].Select(Quoted));

    private static readonly Gen<string> Documents = Gen.Recursive<string>((depth, inner) => depth >= 3
        ? Scalars
        : Gen.Frequency(
            (2, Scalars),
            (3, Gen.Select(Names, inner).Array[0, 5].Select(members => $"{{{string.Join(',', members.Select(member => $"{Quoted(member.Item1)}:{member.Item2}"))}}}")),
            (2, inner.Array[0, 4].Select(items => $"[{string.Join(',', items)}]"))));

    private static readonly Gen<byte[]> Frames = Gen.OneOf(
        Documents.Select(Encoding.UTF8.GetBytes),
        Gen.Select(Of("topic ", "a b ", "x|", "k\0", ": ", "é "), Documents).Select(parts => Encoding.UTF8.GetBytes(parts.Item1 + parts.Item2)),
        Documents.Select(text => Zlib(Encoding.UTF8.GetBytes(text))),
        Documents.Select(text => Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)))),
        Gen.String[0, 40].Select(Encoding.UTF8.GetBytes),
        Of("OK 12 jobs", "depth=3 age=1.5", "{token}", "2025-11-26 18:00:00", "5", "-", "a (b) [c] 5 $ ^", "é 7 ü", "\t3\r\n").Select(Encoding.UTF8.GetBytes),
        Gen.Byte.Array[0, 40],
        Gen.Select(Gen.Byte.Array[0, 4], Gen.UInt).Select((start, number) => (byte[])[.. start, .. BitConverter.GetBytes(number)]));

    [Fact]
    public void Teach_AnyReplies_GiveAModuleThatTakesThem() => Gen.Select(Frames.Array[1, 3], Gen.Int[1, 3]).Sample(
        (frames, times) => Check(isFeed: false, [.. Enumerable.Repeat(frames, times)]), iter: 150);

    [Fact]
    public void Teach_AnyFeed_GivesAModuleThatTakesIt() => Frames.Array[1, 3].Array[1, 5].Sample(messages => Check(isFeed: true, messages), iter: 150);

    [Fact]
    public void Read_AnyDocument_HasPathsThatSelectWhatStandsBesideThem() => Documents.Where(text => text[0] is '{' or '[').Sample(
        text =>
        {
            var json = Encoding.UTF8.GetBytes(text);
            if (DocumentReader.TryRead(json) is { } root)
            {
                CheckPaths(root, json);
            }
        },
        iter: 1500);

    private static void CheckPaths(DocumentNode node, byte[] json)
    {
        if (node.Path is not null)
        {
            var path = JsonPath.TryParse(node.Path, out var error);
            Assert.True(path is not null, $"{node.Path}: {error}");
            var found = path.Select(json, new ContentBuffer());
            Assert.True(found.Exists, $"{node.Path}{found.Problem}");
            if (node.Kind == DocumentKind.Text)
            {
                Assert.Equal(node.Text, Encoding.UTF8.GetString(found.Text));
            }
            else if (node.Kind == DocumentKind.Number && path.IsPlain)
            {
                Assert.Equal(node.Text, Encoding.UTF8.GetString(found.Text));
            }
        }

        foreach (var (_, child) in node.Children)
        {
            CheckPaths(child, json);
        }
    }

    private static void Check(bool isFeed, byte[][][] messages)
    {
        var lesson = Teacher.Teach(new LessonSubject(isFeed, "orders"), [.. messages.Select((frames, index) => Lessons.Message(index, frames))]);

        var prober = Lessons.Module(lesson, isFeed).Prober;
        var expects = prober is RequestProberConfig request ? request.Steps[0].Expect : ((SubscribeProberConfig)prober).Expect;
        var check = new ReplyCheck([.. expects]);
        for (var i = 0; i < messages.Length; i++)
        {
            var message = ZmtpMessage.FromFrames(messages[i]);
            _ = check.Judge(message, new ProbeVariables(ProbeToken.Next(), 1, Lessons.Now.AddSeconds(i).ToUnixTimeMilliseconds()), out var failure);
            Assert.True(failure is null, $"{failure}\n{LessonYaml.Of(lesson, "")}");
        }

        if (!prober.Values.IsEmpty)
        {
            var reader = new ValueReader([.. prober.Values]);
            var samples = messages.SelectMany(frames => reader.Read(ZmtpMessage.FromFrames(frames)).Samples).Select(sample => sample.Value.Metric).ToHashSet(StringComparer.Ordinal);
            Assert.All(prober.Values, value => Assert.True(samples.Contains(value.Metric), $"{value.Metric}\n{LessonYaml.Of(lesson, "")}"));
        }
    }

    private static Gen<string> Of(params string[] all) => Gen.Int[0, all.Length - 1].Select(index => all[index]);

    private static string Quoted(string text)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStringValue(text);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
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
