using System.Text;
using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>What a step captures and later steps send and expect.</summary>
public sealed class RequestCaptureTests : RequestProberTestBase
{
    private const string Accented = "c3a9"; // é

    // In the order: where it is captured, the reply's frames in hex, what the next step sends, and that in hex.
    [Theory]
    [InlineData("{frame: 1}", "6f6b|00ff8081", "\"{session}\"", "00ff8081")] // bytes stay the same bytes
    [InlineData("{frame: 1}", "6f6b|00ff8081", "\"id={session};\"", "69643d00ff80813b")]
    [InlineData("{frame: 1}", "6f6b|00ff8081", "{parts: [{hex: '01'}, \"{session}\", \"{session}\"]}", "0100ff808100ff8081")]
    [InlineData("{frame: 1}", "6f6b|00ff8081", "{msgpack: [\"{session}\"]}", "91c40400ff8081")] // bin 8
    [InlineData("{frame: 1}", "6f6b|00ff8081", "{cbor: [\"{session}\"]}", "814400ff8081")] // bytes
    [InlineData("{frame: 1}", "6f6b|" + Accented, "{msgpack: {s: \"{session}\"}}", "81a173a2c3a9")]
    [InlineData("{frame: 1}", "6f6b|" + Accented, "{msgpack: {s: \"<{session}>\", n: 1}}", "82a173a43cc3a93ea16e01")]
    [InlineData("{frame: 1}", "6f6b|" + Accented, "{cbor: {s: \"<{session}>\", n: 1}}", "a26173643cc3a93e616e01")]
    [InlineData("{frame: 1}", "6f6b|22" + Accented + "0a", "{json: {s: \"<{session}>\"}}", "7b2273223a223c5c22c3a95c6e3e227d")] // a quote and a newline are escaped
    [InlineData("{frame: 1}", "6f6b|22" + Accented + "0a", "'{\"s\":\"{session}\"}'", "7b2273223a2222c3a90a227d")] // a text is a text
    [InlineData("{json: $.n}", "7b226e223a37337d", "\"{session}\"", "3733")] // a number as its text
    [InlineData("{json: $.n}", "7b226e223a37337d", "{json: {n: \"{session}\"}}", "7b226e223a223733227d")]
    [InlineData("{json: $.n}", "7b226e223a37337d", "{msgpack: \"{session}\"}", "49")] // and in a format with types as a number
    [InlineData("{json: $.n}", "7b226e223a37337d", "{cbor: \"{session}\"}", "1849")]
    [InlineData("{json: $.n}", "7b226e223a2d312e357d", "{cbor: \"{session}\"}", "f9be00")]
    [InlineData("{json: $.n}", "7b226e223a2d337d", "{msgpack: \"{session}\"}", "fd")]
    [InlineData("{json: $.n}", "7b226e223a37337d", "{parts: [{uint32_be: \"{session}\"}, {float32_le: \"{session}\"}]}", "0000004900009242")]
    [InlineData("{json: $.s}", "7b2273223a2261622263227d", "\"{session}\"", null)] // no JSON
    [InlineData("{json: $.s}", "7b2273223a747275657d", "\"{session}\"", "74727565")] // true and false as their texts
    [InlineData("{msgpack: $.s}", "81a173c2", "{msgpack: \"{session}\"}", "a566616c7365")]
    [InlineData("{json: $.s}", "7b2273223a226e756c6c227d", "\"{session}\"", "6e756c6c")] // a text
    [InlineData("{offset: 1, format: uint16_be}", "ff0102", "\"{session}\"", "323538")]
    [InlineData("{matches: 'id=([a-z]+)'}", "69643d6162633b", "\"{session}\"", "616263")]
    [InlineData("{after: 'id='}", "69643d6162633b", "\"{session}\"", "6162633b")]
    [InlineData("{msgpack: $.s}", "81a173c402ff01", "{msgpack: {s: \"{session}\"}}", "81a173c402ff01")] // bytes in a document are bytes again
    [InlineData("{msgpack: $.s}", "81a173c4026162", "{msgpack: {s: \"{session}\"}}", "81a173c4026162")] // also where they could be a text
    [InlineData("{msgpack: $.s}", "81a173a26162", "{msgpack: {s: \"{session}\"}}", "81a173a26162")]
    [InlineData("{msgpack: $.s}", "81a173c402ff01", "\"{session}\"", "ff01")]
    [InlineData("{cbor: $.s}", "a1617342ff01", "{cbor: {s: \"{session}\"}}", "a1617342ff01")]
    [InlineData("{frame: 0, decode: [base64], msgpack: $.s}", "6761467a7841482f", "\"{session}\"", "ff")]
    public async Task ProbeAsync_CapturedValue_IsSentByTheNextStep(string capture, string reply, string send, string? sent)
    {
        var messages = Answer(reply, "6f6b");
        using var prober = Prober(Parsed.Request($$"""
            steps:
              - send: [login]
                capture: {session: {{capture}} }
              - send: [{{send}}]
            """));

        var result = await ProbeAsync(prober);

        Assert.Equal(sent is null ? (FailureReason.UnexpectedReply, 1) : (null, 2), (result.Reason, messages.Count));
        Assert.Equal(sent, messages.Count < 2 ? null : Convert.ToHexStringLower(messages[1][0]));
    }

    [Theory]
    [InlineData("{frame: 2}", "\"{session}\"", "6f6b", "{session} cannot be captured: frame 2 is missing: the message has 1 frame")]
    [InlineData("{json: $.s}", "\"{session}\"", "7b2274223a317d", "{session} cannot be captured: frame 0 is \"{\\\"t\\\":1}\", in which $.s selects nothing")]
    [InlineData("{json: $.s}", "\"{session}\"", "6f6b", "{session} cannot be captured: frame 0 is \"ok\", which is not JSON")]
    [InlineData("{json: '$.s[*]'}", "\"{session}\"", "7b2273223a5b312c325d7d", "{session} cannot be captured: frame 0 is \"{\\\"s\\\":[1,2]}\", in which $.s[*] selects 2 values, and one is wanted")]
    [InlineData("{json: $.s}", "\"{session}\"", "7b2273223a6e756c6c7d", "{session} cannot be captured: $.s is null, which is no value")]
    [InlineData("{cbor: $.s}", "\"{session}\"", "a16173f6", "{session} cannot be captured: $.s is null, which is no value")]
    [InlineData("{json: $.s}", "\"{session}\"", "7b2273223a7b7d7d", "{session} cannot be captured: $.s is an object, and a text, a number, true or false is wanted")]
    [InlineData("{json: $..s}", "\"{session}\"", "7b2273223a5b315d7d", "{session} cannot be captured: $..s is an array, and a text, a number, true or false is wanted")]
    [InlineData("{frame: 0}", "\"{session}\"", "", "{session} cannot be captured: frame 0 is \"\", which is empty")]
    [InlineData("{frame: 0}", "{json: {s: \"{session}\"}}", "ff", "{session} cannot be captured: frame 0 is \"\\xff\", which is no UTF-8, and a later step sends it in a text")]
    [InlineData("{frame: 0}", "{msgpack: \"s={session}\"}", "ff", "{session} cannot be captured: frame 0 is \"\\xff\", which is no UTF-8, and a later step sends it in a text")]
    [InlineData("{json: $.n}", "{parts: [{uint8: \"{session}\"}]}", "7b226e223a3330307d", "{session} cannot be captured: $.n is \"300\", which does not fit into the uint8 that a later step sends it in")]
    public async Task ProbeAsync_NothingToCapture_IsAnUnexpectedReplyThatSaysWhatWasThere(string capture, string send, string reply, string detail)
    {
        var messages = Answer(reply);
        using var prober = Prober(Parsed.Request($$"""
            steps:
              - send: [login]
                capture: {session: {{capture}} }
              - send: [{{send}}]
            """));

        var result = await ProbeAsync(prober);

        Assert.Equal((FailureReason.UnexpectedReply, detail), (result.Reason, result.Detail));
        Assert.Equal((true, true, false), (result.Reachable, result.Responsive, result.Ready));
        Assert.Single(messages);
    }

    [Fact]
    public async Task ProbeAsync_CapturedValueThatIsTooLong_IsAnUnexpectedReply()
    {
        Answer(new string('6', 2 * (CaptureConfig.MaxLength + 1)));
        using var prober = Prober(Parsed.Request("steps: [{send: [login], capture: {s: {frame: 0}}}, {send: ['{s}']}]"));

        Assert.EndsWith(", which is longer than 8192 bytes", (await ProbeAsync(prober)).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("equals: \"{session}\"", "ab", "frame 0 is \"a\" instead of \"{session}\" (here \"ab\")")]
    [InlineData("equals: \"<{session}>\"", "<ab>", "frame 0 is \"a\" instead of \"<{session}>\" (here \"<ab>\")")]
    [InlineData("not_equals: \"{session}\"", "b", "frame 0 is \"ab\", which it must not be (here \"ab\")")]
    [InlineData("contains: \"{session}\"", "xabx", "frame 0 is \"a\", which does not contain \"{session}\" (here \"ab\")")]
    [InlineData("starts_with: \"{session}.\"", "ab.", "frame 0 is \"ab\", which does not start with \"{session}.\" (here \"ab.\")")]
    [InlineData("one_of: [x, \"{session}\"]", "ab", "frame 0 is \"a\" instead of one of \"x\", \"{session}\"")]
    [InlineData("json: $.s, equals: \"{session}\"", "{\"s\":\"ab\"}", "$.s is \"a\" instead of \"{session}\" (here \"ab\")")]
    public async Task ProbeAsync_CapturedValue_IsExpectedByTheNextStep(string test, string good, string failure)
    {
        var config = Parsed.Request($$"""
            steps:
              - send: [login]
                capture: {session: {frame: 0} }
              - send: [work]
                expect: [{ {{test}} }]
            """);
        var bad = failure.StartsWith("$.s", StringComparison.Ordinal) ? "{\"s\":\"a\"}" : failure.Split('"') is [_, var shown, ..] ? shown : "a";

        Answer(Hex("ab"), Hex(good));
        using var prober = Prober(config);
        Assert.Null((await ProbeAsync(prober)).Reason);

        Answer(Hex("ab"), Hex(bad));
        using var other = Prober(config);
        var result = await ProbeAsync(other);
        Assert.Equal((FailureReason.UnexpectedReply, failure), (result.Reason, result.Detail));
    }

    [Fact]
    public async Task ProbeAsync_CapturedNumber_EqualsTheSameNumber()
    {
        Answer(Hex("{\"n\":1.0}"), Hex("{\"n\":1}"));
        using var prober = Prober(Parsed.Request("steps: [{send: [a], capture: {n: {json: $.n}}}, {send: [b], expect: [{json: $.n, equals: '{n}'}]}]"));

        Assert.Null((await ProbeAsync(prober)).Reason);
    }

    [Fact]
    public async Task ProbeAsync_CapturedBytesOfADocument_EqualTheSameBytes()
    {
        Answer("81a173c402ff01", "81a173c402ff01");
        using var prober = Prober(Parsed.Request("steps: [{send: [a], capture: {s: {msgpack: $.s}}}, {send: [b], expect: [{msgpack: $.s, equals: '{s}'}]}]"));

        Assert.Null((await ProbeAsync(prober)).Reason);
    }

    [Fact]
    public async Task ProbeAsync_Until_SeesWhatEarlierStepsCaptured()
    {
        _link.Sent = (link, message) =>
        {
            if (FakeLink.Text(message) == "login")
            {
                link.ReplyAfter(1, "s7");
                return;
            }

            link.ReplyAfter(1, "s6", "not mine");
            link.ReplyAfter(2, "s7", "mine");
        };
        using var prober = Prober(Parsed.Request("""
            socket: dealer
            steps:
              - {send: [login], capture: {session: {frame: 0}}}
              - {send: ["{session}"], until: [{equals: "{session}"}], expect: [{frame: 1, equals: mine}]}
            """));

        var result = await ProbeAsync(prober);

        Assert.Null(result.Reason);
    }

    [Fact]
    public async Task ProbeAsync_SeveralProbes_EachHasItsOwnValues()
    {
        var login = 0;
        _link.Sent = (link, message) => link.ReplyAfter(1, FakeLink.Text(message) == "login" ? $"s{++login}" : "ok");
        using var prober = Prober(Parsed.Request("steps: [{send: [login], capture: {s: {frame: 0}}}, {send: ['{s}']}, {send: ['{s}{s}']}]"));

        Assert.Null((await ProbeAsync(prober)).Reason);
        _link.Pass(1000);
        Assert.Null((await ProbeAsync(prober)).Reason);

        Assert.Equal(["login", "s1", "s1s1", "login", "s2", "s2s2"], _link.SentTexts);
    }

    [Fact]
    public async Task ProbeAsync_KeptConnectionLost_BeginsAgainAndCapturesAnew()
    {
        var login = 0;
        _link.Sent = (link, message) => link.ReplyAfter(1, FakeLink.Text(message) == "login" ? $"s{++login}" : "ok");
        using var prober = Prober(Parsed.Request("steps: [{send: [login], capture: {s: {frame: 0}}}, {send: ['{s}']}]"));
        Assert.Null((await ProbeAsync(prober)).Reason);
        _link.Pass(1000);
        var resets = true;
        _link.Sent = (link, message) =>
        {
            AnswerOrReset(link, resets, FakeLink.Text(message) == "login" && !resets ? $"s{++login}" : "ok");
            resets = false;
        };

        Assert.Null((await ProbeAsync(prober)).Reason);

        Assert.Equal(["login", "s1", "login", "login", "s2"], _link.SentTexts);
    }

    [Theory]
    [InlineData("REP", "'', '{s}'", true)]
    [InlineData("REP", "'{s}', work", false)] // a captured value is no empty frame
    public async Task ProbeAsync_DealerAtARep_JudgesStepsBeforeTheirValuesAreThere(string peer, string send, bool isSent)
    {
        _link.Peer = new PeerInfo(3, 1, "NULL", peer, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);
        _link.Sent = (link, _) => link.ReplyAfter(1, "", "s1");
        using var prober = Prober(Parsed.Request($"socket: dealer\nsteps: [{{send: ['', login], capture: {{s: {{frame: 1}}}}}}, {{send: [{send}]}}]"));

        var result = await ProbeAsync(prober);

        Assert.Equal(isSent ? (null, 2) : (FailureReason.SocketType, 0), (result.Reason, _link.SentTexts.Count));
    }

    [Fact]
    public void Message_AnyCapturedBytes_AreTheSameBytesInAFrameAndValidInDocuments()
    {
        var steps = Parsed.Request("steps: [{send: [a], capture: {s: {frame: 0}}}, {send: ['{s}', {msgpack: '{s}'}, {cbor: '{s}'}]}]").Steps;
        Gen.Byte.Array[1, 40].Sample(bytes => AssertKept(steps, bytes), iter: 500);
    }

    private static void AssertKept(EquatableArray<RequestStepConfig> steps, byte[] bytes)
    {
        var captured = new CapturedValues();

        Assert.Null(new RequestStep(steps[0], [steps[1]]).Capture(ZmtpMessage.FromFrames(bytes), captured));
        var message = new RequestStep(steps[1], []).Message(new ProbeVariables(default, 1, 1, captured));

        Assert.Equal(bytes, message[0].ToArray());
        var packed = new MessagePack.MessagePackReader(message[1].ToArray());
        var unpacked = packed.NextMessagePackType == MessagePack.MessagePackType.String ? Encoding.UTF8.GetBytes(packed.ReadString()!) : System.Buffers.BuffersExtensions.ToArray(packed.ReadBytes()!.Value);
        Assert.Equal(bytes, unpacked);
        var cbor = new System.Formats.Cbor.CborReader(message[2].ToArray());
        Assert.Equal(bytes, cbor.PeekState() == System.Formats.Cbor.CborReaderState.TextString ? Encoding.UTF8.GetBytes(cbor.ReadTextString()) : cbor.ReadByteString());
    }

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

    // Each request gets the next reply: frames in hex, with | between them.
    private List<byte[][]> Answer(params string[] replies)
    {
        var messages = new List<byte[][]>();
        _link.Sent = (link, message) =>
        {
            messages.Add([.. Enumerable.Range(0, message.FrameCount).Select(frame => message[frame].ToArray())]);
            var frames = replies[Math.Min(messages.Count, replies.Length) - 1].Split('|').Select(Convert.FromHexString).ToArray();
            link.After(1, LinkOutcomeKind.Message, ZmtpMessage.FromFrames(frames));
        };
        return messages;
    }
}
