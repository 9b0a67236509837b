using System.Globalization;
using System.Text;
using ZmqExporter.Heartbeat;
using Zmtp;

namespace ZmqExporter.Tests.Heartbeat;

public sealed class HeartbeatReadingTests
{
    private static readonly string LongName = new('n', 65);

    [Theory]
    [InlineData(null, "ZHB1", "t", "SERVING", "i")]
    [InlineData(null, "", "ZHB1", "t", "SERVING", "i", "{}")]
    [InlineData("frame 0 is \"pong\" and must be ZHB1: the server does not speak the heartbeat protocol on this socket", "pong")]
    [InlineData("the reply has 2 frames from ZHB1 on and must have 4 or 5: ZHB1, token, status, instance, and perhaps details", "ZHB1", "t")]
    [InlineData("the reply has 6 frames from ZHB1 on and must have 4 or 5: ZHB1, token, status, instance, and perhaps details", "ZHB1", "t", "SERVING", "i", "{}", "x")]
    [InlineData("the token (frame 1) is \"T\", 1 bytes, and must be the request's, \"t\", unchanged", "ZHB1", "T", "SERVING", "i")]
    [InlineData("the status (frame 3) is \"serving\" and must be SERVING, NOT_SERVING or UNKNOWN", "", "ZHB1", "t", "serving", "i")]
    [InlineData("the instance (frame 3) is \"\", 0 bytes, and must be 1 to 64 printable ASCII characters without a space", "ZHB1", "t", "SERVING", "")]
    [InlineData("the instance (frame 3) is \"a b\", 3 bytes, and must be 1 to 64 printable ASCII characters without a space", "ZHB1", "t", "SERVING", "a b")]
    public void Reply_EachRule_HasItsWords(string? problem, params string[] frames)
    {
        Assert.Equal(problem, HeartbeatReply.Read(Message(frames), "t"u8, "", out var report));
        Assert.Equal(problem is null, report is not null);
    }

    [Fact]
    public void Reply_DetailsOfMoreThan64KiB_IsRefused()
    {
        string[] frames = ["ZHB1", "t", "SERVING", "i", "{\"a\": \"" + new string('x', HeartbeatProtocol.MaxDetails) + "\"}"];

        Assert.StartsWith("the details (frame 4) have 65545 bytes and must have 65536 at most", HeartbeatReply.Read(Message(frames), "t"u8, "", out _), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "SERVING", "")]
    [InlineData("the server says NOT_SERVING: it gives no reason", "NOT_SERVING", "")]
    [InlineData("the server says NOT_SERVING: the database is away", "NOT_SERVING", "", "{\"reason\": \"the database is away\"}")]
    [InlineData("the server says UNKNOWN: it cannot tell how it is", "UNKNOWN", "")]
    [InlineData("the server says UNKNOWN: it does not know the service \"orders\", or not how it is", "UNKNOWN", "orders")]
    public void Report_EachStatus_HasItsWords(string? problem, string status, string service, string details = "")
    {
        Assert.Null(HeartbeatReply.Read(Message("ZHB1", "t", status, "i", details), "t"u8, service, out var report));

        Assert.Equal(problem, report!.Problem);
    }

    [Theory]
    [InlineData(null, "ZHB1", "", "SERVING", "i", "0", "1795744033.42", "0.5")]
    [InlineData(null, "ZHB1", "s", "UNKNOWN", "i", "18446744073709551615", "1795744033", "86400", "{}")]
    [InlineData("frame 0 is \"ZHB2\" and must be ZHB1", "ZHB2")]
    [InlineData("the beat has 1 frame and must have 7 or 8: ZHB1, service, status, instance, sequence, time, interval, and perhaps details", "ZHB1")]
    [InlineData("the status (frame 2) is \"UP\" and must be SERVING, NOT_SERVING or UNKNOWN", "ZHB1", "", "UP", "i", "0", "1", "1")]
    [InlineData("the sequence (frame 4) is \"-1\" and must be decimal digits", "ZHB1", "", "SERVING", "i", "-1", "1", "1")]
    [InlineData("the time (frame 5) is \"now\" and must be decimal seconds since 1970", "ZHB1", "", "SERVING", "i", "1", "now", "1")]
    [InlineData("the time (frame 5) is \"1e9\" and must be decimal seconds since 1970", "ZHB1", "", "SERVING", "i", "1", "1e9", "1")]
    [InlineData("the interval (frame 6) is \"0\" and must be decimal seconds above 0 and up to 86400", "ZHB1", "", "SERVING", "i", "1", "1", "0")]
    [InlineData("the interval (frame 6) is \"86401\" and must be decimal seconds above 0 and up to 86400", "ZHB1", "", "SERVING", "i", "1", "1", "86401")]
    public void Beat_EachRule_HasItsWords(string? problem, params string[] frames)
    {
        Assert.Equal(problem, HeartbeatBeat.Read(Message(frames), out var beat));
        Assert.Equal(problem is null, beat is not null);
    }

    [Fact]
    public void Details_Json_ReservedKeysAndNumbersAreTold()
    {
        var details = HeartbeatDetails.Read(Encoding.UTF8.GetBytes(
            $$$"""{"start_time": 1795744033.5, "version": "1.2\u0007", "queue": 3, "queue": 4, "nested": {"n": 1}, "text": "5", "on": true, "_x": -1e3, "0x": 1, "a-b": 1, "{{{LongName}}}": 1, "big": 1e999}"""));

        Assert.Null(details.Problem);
        Assert.Equal((1795744033.5, "1.2\uFFFD", null), (details.StartTime, details.Version, details.Reason));
        Assert.Equal(["queue=3", "_x=-1000"], Numbers(details), StringComparer.Ordinal);
        Assert.Equal(3, details.Dropped);
    }

    [Fact]
    public void Details_MessagePack_IsTheSame()
    {
        // {"queue": 3, "version": "1.2"}
        byte[] packed = [0x82, 0xA5, .. "queue"u8, 0x03, 0xA7, .. "version"u8, 0xA3, .. "1.2"u8];

        var details = HeartbeatDetails.Read(packed);

        Assert.Equal("1.2", details.Version);
        Assert.Equal(["queue=3"], Numbers(details), StringComparer.Ordinal);
    }

    [Fact]
    public void Details_MoreNumbersThanAllowed_AreCounted()
    {
        var json = "{" + string.Join(",", Enumerable.Range(0, 70).Select(number => string.Create(CultureInfo.InvariantCulture, $"\"n{number}\": {number}"))) + "}";

        var details = HeartbeatDetails.Read(Encoding.UTF8.GetBytes(json));

        Assert.Equal((64, 6), (details.Numbers.Length, details.Dropped));
    }

    [Theory]
    [InlineData("[1]", ", which begins as neither a JSON object nor a MessagePack map does: \"[1]\"")]
    [InlineData("{\"queue\": NaN}", ", which is no JSON object: 'N' is an invalid start of a value")]
    [InlineData("{} {}", ", which is no JSON object: '{' is invalid after a single JSON value")]
    [InlineData("{\"a\": 1", ", which is no JSON object: ")]
    public void Details_ThatAreNone_AreSaidToBe(string text, string problem)
    {
        var details = HeartbeatDetails.Read(Encoding.UTF8.GetBytes(text));

        Assert.StartsWith(problem, details.Problem, StringComparison.Ordinal);
        Assert.Empty(details.Numbers);
    }

    [Fact]
    public void Details_BrokenMessagePackOrUtf8_AreSaidToBe()
    {
        Assert.Equal(", which is no MessagePack map", HeartbeatDetails.Read([0x81, 0xA5]).Problem);
        Assert.StartsWith(", which is no JSON object", HeartbeatDetails.Read([.. "{\"\xFF"u8[..2], 0xFF, .. "\": 1}"u8]).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Details_ReservedKeysOfOtherTypes_AreNamed() =>
        Assert.Equal(["start_time", "version"], HeartbeatDetails.Read("{\"start_time\": \"now\", \"version\": 3, \"reason\": \"r\"}"u8).Mistyped, StringComparer.Ordinal);

    private static string[] Numbers(HeartbeatDetails details) => [.. details.Numbers.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}"))];

    private static ZmtpMessage Message(params string[] frames) => ZmtpMessage.FromFrames([.. frames.Select(Encoding.UTF8.GetBytes)]);
}
