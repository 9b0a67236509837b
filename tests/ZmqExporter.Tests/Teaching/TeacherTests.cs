using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Teaching;

namespace ZmqExporter.Tests.Teaching;

/// <summary>What is proposed for which messages, and what is not.</summary>
public sealed class TeacherTests
{
    [Theory]
    [InlineData("pong", "{equals: pong}")]
    [InlineData("OK 12 jobs", @"{matches: '^OK -?[0-9]+(?:\.[0-9]+)? jobs$'}")]
    [InlineData("depth=3, age=1.5", @"{matches: '^depth=-?[0-9]+(?:\.[0-9]+)?, age=-?[0-9]+(?:\.[0-9]+)?$'}")]
    [InlineData("session 3f2a9c7712ab", "{starts_with: 'session '}")]
    [InlineData("""{"status":"ok"}""", "{json: $.status, equals: ok}")]
    [InlineData("""{"healthy":true,"error":null}""", "{json: $.healthy, equals: true}", "{json: $.error, equals: null}")]
    [InlineData("""{"status":200}""", "{json: $.status, equals: 200}")]
    [InlineData("""{"a b":{"it's":{"ready":true}}}""", """{json: "$['a b']['it\\'s'].ready", equals: true}""")]
    [InlineData("""{"status":"no"}""", "{json: $.status, equals: 'no'}")]
    [InlineData("""{"status":"{tokn}"}""", "{json: $.status, hex: '7b746f6b6e7d'}")]
    [InlineData("""{"status":"$${x}"}""", "{json: $.status, hex: '24247b787d'}")]
    [InlineData("""{"at":1764179995,"status":"ok"}""", "{json: $.status, equals: ok}", "{json: $.at, max_age: 30s}")]
    [InlineData("""{"at":"2025-11-26T18:00:00Z"}""", "{json: $.at, max_age: 30s}")]
    [InlineData("""{"last":1764179400000}""", "{json: $.last, max_age: 1h}")]
    [InlineData("""{"items":[1,2]}""", "{json: '$.items[0]'}")]
    [InlineData("200", "{equals: '200'}")]
    [InlineData("""state: {"ready":true}""", "{starts_with: 'state: '}", "{after: ' ', json: $.ready, equals: true}")]
    public void Expect_OfAReply_IsWhatWasSeen(string reply, params string[] entries)
    {
        var lesson = Lessons.OfReplies(reply);

        Assert.Equal(entries, lesson.Expect.Select(entry => entry.Yaml), StringComparer.Ordinal);
        _ = Lessons.Module(lesson, isFeed: false);
    }

    [Theory]
    [InlineData("12", "orders_value gauge ")]
    [InlineData("OK 12 jobs", "orders_jobs gauge ")]
    [InlineData("depth=3, age=1.5", "orders_depth gauge ", "orders_age gauge ")]
    [InlineData("cpu 3.5 load 0.7", "orders_cpu gauge ", "orders_load gauge ")]
    [InlineData("uptime: 5\nqueue: 7\n", "orders_uptime gauge ", "orders_queue gauge ")]
    [InlineData("5depth=3", "orders_depth gauge ", "orders_depth_2 gauge ")]
    [InlineData("200")]
    [InlineData("""{"bid":1.5,"grid":2,"orderId":7}""", "orders_bid gauge ", "orders_grid gauge ")]
    [InlineData("""{"queue":{"depth":7,"oldestAge":1.5},"enabled":true}""", "orders_queue_depth gauge ", "orders_queue_oldest_age gauge ", "orders_enabled gauge ")]
    [InlineData("""{"jobs_total":7,"count":1,"id":5,"user_id":6,"pid":7}""", "orders_jobs_total_value gauge ", "orders_count_value gauge ")]
    [InlineData("""{"price":"101.5","version":"1.2","code":"17"}""", "orders_price gauge ")]
    [InlineData("""{"workers":[{"name":"w1","busy":3},{"name":"w2","busy":4}]}""", "orders_worker_busy gauge worker")]
    [InlineData("""[{"symbol":"A","stats":{"price":3}}]""", "orders_stats_price gauge symbol")]
    [InlineData("""{"w":[{"target":"a","x":1},{"target":"b","x":1}]}""", "orders_w_x gauge by_target")]
    [InlineData("""{"w":[{"name":"a","x":1},{"name":"a","x":1}]}""")]
    [InlineData("no numbers")]
    public void Values_OfAReply_HaveValidNames(string reply, params string[] values)
    {
        var lesson = Lessons.OfReplies(reply);

        Assert.Equal(
            values,
            Lessons.Module(lesson, isFeed: false).Prober.Values.Select(value => $"{value.Metric} {value.Type.ToString().ToLowerInvariant()} {string.Join(',', value.Labels.Select(label => label.Name))}"),
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("requests", "orders_requests_total", ValueKind.Counter)]
    [InlineData("requests_total", "orders_requests_total", ValueKind.Counter)]
    [InlineData("depth", "orders_depth", ValueKind.Gauge)]
    internal void Values_ThatOnlyGrew_AreCountersWhenTheirNameSaysSo(string name, string metric, ValueKind type)
    {
        var lesson = Lessons.OfReplies($"{{\"{name}\":5}}", $"{{\"{name}\":5}}", $"{{\"{name}\":9}}");

        var value = Assert.Single(Lessons.Module(lesson, isFeed: false).Prober.Values);
        Assert.Equal((metric, type), (value.Metric, value.Type));
    }

    [Theory]
    [InlineData("zmq", "app_zmq_a")]
    [InlineData("probe", "app_probe_a")]
    [InlineData("up", "app_up_a")]
    [InlineData("9 lives", "app_9_lives_a")]
    [InlineData("日本", "app_a")]
    [InlineData("OrderBook", "order_book_a")]
    public void Values_WhateverTheModuleIsCalled_HaveValidNames(string prefix, string metric)
    {
        var lesson = Teacher.Teach(new LessonSubject(IsFeed: false, prefix), [Lessons.Message(0, Lessons.Utf8("""{"a":1}"""))]);

        Assert.Equal(metric, Assert.Single(Lessons.Module(lesson, isFeed: false).Prober.Values).Metric);
    }

    [Theory]
    [InlineData("down")]
    [InlineData("FAILED")]
    public void Expect_StatusThatIsBad_IsANoteAndNoProposal(string status)
    {
        var lesson = Lessons.OfReplies($"{{\"status\":\"{status}\"}}");

        Assert.DoesNotContain(lesson.Expect, entry => entry.Yaml.Contains("equals", StringComparison.Ordinal));
        Assert.Contains(lesson.Notes, note => note.Contains("does not look healthy", StringComparison.Ordinal));
    }

    [Fact]
    public void Expect_StatusThatChanges_AsksOnlyForItsPresence()
    {
        var lesson = Lessons.OfReplies("""{"status":"ok"}""", """{"status":"idle"}""");

        Assert.Equal("{json: $.status}", Assert.Single(lesson.Expect).Yaml);
        Assert.Contains("ok, idle", lesson.Expect[0].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Expect_TokenThatCameBack_IsThePlaceholder()
    {
        const string Token = "0123456789abcdef01234567";
        var message = Lessons.Message(0, Lessons.Utf8($"{{\"id\":\"{Token}\",\"echo\":\"re: {Token}\"}}")) with { Tokens = [Token] };

        var lesson = Teacher.Teach(new LessonSubject(IsFeed: false, "orders"), [message]);

        Assert.Equal(["{json: $.id, equals: '{token}'}", "{json: $.echo, equals: 're: {token}'}"], lesson.Expect.Select(entry => entry.Yaml), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(false, "{frame: 1, json: $.n}")]
    [InlineData(true, "{frame: 1, json: $.n, per: publisher}")]
    public void Sequence_OfTwoTopics_IsPerTopicOrPerPublisher(bool isShared, string sequence)
    {
        var lesson = Lessons.OfFeed(Enumerable.Range(0, 6).Select(i => Frames(
            i % 2 == 0 ? "a" : "b", $"{{\"n\":{(isShared ? i : i / 2)},\"other\":{i * i}}}")));

        Assert.Equal(sequence, lesson.Sequence?.Yaml);
        var feed = Assert.IsType<SubscribeProberConfig>(Lessons.Module(lesson, isFeed: true).Prober);
        Assert.NotNull(feed.Sequence);
        Assert.DoesNotContain(feed.Values, value => value.Metric == "orders_n");
    }

    [Fact]
    public void Sequence_PerFieldOfTheDocument_IsFound()
    {
        var lesson = Lessons.OfFeed(Enumerable.Range(0, 6).Select(i => Frames($"{{\"channel\":\"{(i % 2 == 0 ? "a" : "b")}\",\"seq\":{(i % 2 * 1000) + (i / 2)}}}")));

        Assert.Equal("{frame: 0, json: $.seq, per: {json: $.channel}}", lesson.Sequence?.Yaml);
        Assert.Contains("labels", Assert.Single(Lessons.OfFeed(Enumerable.Range(0, 4).Select(i => Frames($"{{\"channel\":\"{i % 2}\",\"depth\":{i * i}}}"))).Values).Yaml, StringComparison.Ordinal);
        _ = Lessons.Module(lesson, isFeed: true);
    }

    [Theory]
    [InlineData("1 2 3 5 6 7 8", true)] // one was lost
    [InlineData("1 2 4 6 8", false)]
    [InlineData("1 2 2 3", false)]
    [InlineData("3 2 1", false)]
    [InlineData("7 8", false)] // once may be chance
    [InlineData("7", false)]
    public void Sequence_NumbersThatDoNotGrowByOne_AreNone(string numbers, bool isSequence)
    {
        var lesson = Lessons.OfFeed(numbers.Split(' ').Select(number => Frames("topic", $"{{\"n\":{number}}}")));

        Assert.Equal(isSequence, lesson.Sequence is not null);
        _ = Lessons.Module(lesson, isFeed: true);
    }

    [Theory]
    [InlineData("uint32_le", 4, "{frame: 1, format: uint32_le}")]
    [InlineData("uint64_be", 4, "{frame: 1, format: uint64_be}")]
    [InlineData("uint32_be", 5, "{frame: 1, offset: 2, format: uint32_be}")]
    [InlineData("uint32_le", 5, "{frame: 1, offset: 2, format: uint32_le}")]
    [InlineData("uint64_be", 5, "{frame: 1, offset: 6, format: uint32_be}")] // its low half, which is as good
    public void Sequence_InBytes_IsFoundWhereItGrows(string format, int topicOrOffset, string sequence)
    {
        var lesson = Lessons.OfFeed(Enumerable.Range(5000, 5).Select(number => (byte[][])["t"u8.ToArray(), topicOrOffset == 5 ? [0xc1, 0xff, .. Number(format, number)] : Number(format, number)]));

        Assert.Equal(sequence, lesson.Sequence?.Yaml);
        _ = Lessons.Module(lesson, isFeed: true);
    }

    [Fact]
    public void Bytes_ThatMeanNothing_AreNotProposed()
    {
        var random = new Random(5);
        var lesson = Lessons.OfFeed(Enumerable.Range(0, 8).Select(_ =>
        {
            var bytes = new byte[64];
            random.NextBytes(bytes);
            return (byte[][])["t"u8.ToArray(), [0xc1, .. bytes]];
        }));

        Assert.Equal(["{frames: 2}"], lesson.Expect.Select(entry => entry.Yaml), StringComparer.Ordinal);
        Assert.True(lesson is { Sequence: null, SentAt: null, Values.IsEmpty: true });
    }

    [Theory]
    [InlineData(1_764_180_000.25, "unix_s")]
    [InlineData(1_764_180_000_250, "unix_ms")]
    [InlineData(1_764_180_000_250_000, "unix_us")]
    [InlineData(1_764_180_000_250_000_000, "unix_ns")]
    public void SentAt_Number_HasItsUnitBySize(double time, string format)
    {
        var lesson = Lessons.OfFeed([Frames("topic", $"{{\"ts\":{time:0.##},\"depth\":1764180000}}")]);

        Assert.Equal($"{{frame: 1, json: $.ts, format: {format}}}", lesson.SentAt?.Yaml);
        Assert.NotNull(Assert.IsType<SubscribeProberConfig>(Lessons.Module(lesson, isFeed: true).Prober).SentAt);
        Assert.Empty(lesson.Values); // the other one is a time by its size, too
    }

    [Fact]
    public void SentAt_InTextAndBytes_IsFound()
    {
        var bytes = new byte[12];
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(4), Lessons.Now.ToUnixTimeMilliseconds());
        bytes[0] = 0xc1;

        Assert.Equal("{frame: 1, format: iso8601}", Lessons.OfFeed([Frames("t", "2025-11-26T18:00:00Z")]).SentAt?.Yaml);
        Assert.Equal("{frame: 1, format: unix_ms}", Lessons.OfFeed([Frames("t", "1764180000000")]).SentAt?.Yaml);
        Assert.Equal("{frame: 1, offset: 4, format: uint64_be}", Lessons.OfFeed([(byte[][])["t"u8.ToArray(), bytes]]).SentAt?.Yaml);
    }

    [Theory]
    [InlineData("1764180000", "3s")] // in whole seconds each may be one old
    [InlineData("1764179998.8", "4s")]
    [InlineData("1764179999.9", null)]
    [InlineData("1764179990.5", "")] // would be late whatever one may write: no sent_at
    public void SentAt_WithDelays_LeavesThemOnTime(string time, string? lateAfter)
    {
        var lesson = Lessons.OfFeed([Frames("topic", $"{{\"ts\":{time}}}")]);

        Assert.Equal(lateAfter is not "", lesson.SentAt is not null);
        Assert.Equal(lateAfter switch { "4s" => 4, "3s" => 3, _ => 0.5 }, Lessons.Module(lesson, isFeed: true).Policy.LateAfter.TotalSeconds);
    }

    [Fact]
    public void Time_ThatIsOld_IsNoSentAt()
    {
        var lesson = Lessons.OfFeed([Frames("t", """{"started":1764170000,"depth":3}""")]);

        Assert.Null(lesson.SentAt);
        Assert.Contains("$.started is a time, up to 2 h 46 min 40 s before its message came: no proposal", lesson.Notes, StringComparer.Ordinal);
        Assert.Equal("orders_depth", Assert.Single(Lessons.Module(lesson, isFeed: true).Prober.Values).Metric);
    }

    [Fact]
    public void Frame_OfAnotherFormEachTime_IsANote()
    {
        var lesson = Lessons.OfFeed([Frames("t", """{"a":1}"""), Frames("t", "text")]);

        Assert.Contains("frame 1 is not of the same form in each message: nothing is proposed for it", lesson.Notes, StringComparer.Ordinal);
        Assert.Empty(lesson.Values);
    }

    [Fact]
    public void Document_BehindItsTopic_IsLookedInto()
    {
        var lesson = Lessons.OfFeed(Enumerable.Range(0, 6).Select(i => Frames($"ticker.{(i % 2 == 0 ? "ETH" : "BTC")} {{\"symbol\":\"{(i % 2 == 0 ? "ETH" : "BTC")}\",\"seq\":{i / 2},\"price\":\"{i * 1.5:0.0}\"}}")));

        Assert.Equal("{frame: 0, after: ' ', json: $.seq, per: {after: ' ', json: $.symbol}}", lesson.Sequence?.Yaml);
        var value = Assert.Single(Lessons.Module(lesson, isFeed: true).Prober.Values);
        Assert.Equal(("orders_price", "symbol"), (value.Metric, value.Labels[0].Name));
        Assert.Contains("after: ' ', json: $.price", lesson.Values[0].Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void Packed_Frame_IsLookedIntoThroughItsLayers()
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write("""{"status":"ok","depth":4}"""u8);
        }

        var lesson = Lessons.OfReplies(Convert.ToBase64String(output.ToArray()));

        Assert.Equal("{decode: [base64, gzip], json: $.status, equals: ok}", Assert.Single(lesson.Expect).Yaml);
        Assert.Contains("decode: [base64, gzip], json: $.depth", Assert.Single(lesson.Values).Yaml, StringComparison.Ordinal);
        _ = Lessons.Module(lesson, isFeed: false);
    }

    private static byte[][] Frames(params string[] frames) => [.. frames.Select(Encoding.UTF8.GetBytes)];

    private static byte[] Number(string format, int number)
    {
        byte[] bytes = format.StartsWith("uint32", StringComparison.Ordinal) ? BitConverter.GetBytes(number) : BitConverter.GetBytes((long)number);
        return format.EndsWith("be", StringComparison.Ordinal) ? [.. bytes.Reverse()] : bytes;
    }
}
