using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using Zmtp.Wire;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

public sealed class MaskedProberTests : ProberTestBase
{
    private const string Password = "hunter22";

    [Theory]
    [InlineData(Password, "ERROR \"bad password hunter22\"", "ERROR \"bad password <password>\"")]
    [InlineData(Password, "\"hunter22hunter22\"", "\"<password><password>\"")]
    [InlineData(Password, "\"the password hunter2…\"", "\"the password <password>…\"")]
    [InlineData(Password, "\"hunt…\" and \"hunter…\"", "\"<password>…\" and \"<password>…\"")]
    [InlineData(Password, "\"hun…\"", "\"hun…\"")]
    [InlineData(Password, "nothing of it", "nothing of it")]
    [InlineData("q\"ü\\", "\"q\\\"\\xc3\\xbc\\\\\", raw q\"ü\\", "\"<password>\", raw <password>")]
    [InlineData("abc", "\"abc\"", "\"abc\"")] // too short to tell from other text
    public async Task ProbeAsync_PeerSaysOurPassword_DetailHasItNot(string password, string said, string shown)
    {
        _link.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.Now(_time), Error: new ZmtpError(ZmtpErrorCode.Auth, said));
        using var prober = Prober(new SecurityConfig.Plain("admin", new Secret(password)));
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((FailureReason.Auth, shown), (result.Reason, result.Detail));
    }

    [Fact]
    public async Task ProbeAsync_ExcerptCutsThePassword_ShowsNoBeginningOfIt()
    {
        for (var before = 40; before < 50; before++)
        {
            var excerpt = Excerpt.Of(System.Text.Encoding.ASCII.GetBytes(new string('-', before) + Password + "."));
            _link.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.Now(_time), Error: new ZmtpError(ZmtpErrorCode.Auth, excerpt));
            using var prober = Prober(new SecurityConfig.Plain("admin", new Secret(Password)));
            var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain("hunt", result.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Apply_PasswordWhereAMappingFindsNothing_IsMasked()
    {
        var result = new ProbeResult { Outcome = ProbeOutcome.OnTime, Unmapped = [new UnmappedSource(Mapping.Sequence, "", "frame 1 is \"hunter22\", which is not JSON")] };
        Assert.Equal("frame 1 is \"<password>\", which is not JSON", PasswordMask.For(Password)!.Apply(result).Unmapped!.Value.Single().Problem);
    }

    [Fact]
    public void Apply_PasswordInLabelsOfValues_IsMaskedAndEachSeriesIsOne()
    {
        var config = new ValueConfig("app_v", "V.", ValueKind.Gauge, SourceConfig.Of(0), Labels: [new("a", JsonPath.Root), new("b", Path: null, "hunter22")]);
        var result = new ProbeResult
        {
            Outcome = ProbeOutcome.OnTime,
            Values = new MessageValues(
                [
                    new(config, [Password, Password], 1),
                    new(config, ["22retnuh", Password], 2),
                    new(config, ["well", Password], 3),
                    new(config, [new string('.', ValueReader.MaxLabel - 6) + "hunter", Password], 4),
                ],
                Dropped: 7),
        };

        var values = PasswordMask.For(Password)!.Apply(result).Values!.Value;

        Assert.Equal(
            [("<password>", Password, 1), ("well", Password, 3), (new string('.', ValueReader.MaxLabel - 6) + "<password>", Password, 4.0)],
            values.Samples.Select(sample => (sample.Labels[0], sample.Labels[1], sample.Number)));
        Assert.Equal(7, values.Dropped);
        var other = result with { Values = new MessageValues([new(config, ["well", Password], 3)], 0) };
        Assert.Same(other, PasswordMask.For(Password)!.Apply(other)); // the text of the configuration is its own
    }

    [Fact]
    public async Task ProbeAsync_PasswordInMetadata_IsMasked()
    {
        var metadata = ImmutableSortedDictionary.CreateRange(
            StringComparer.OrdinalIgnoreCase,
            [KeyValuePair.Create("X-Name", "hunter22!"), KeyValuePair.Create("X-hunter22", "a"), KeyValuePair.Create("X-Other", "b")]);
        _link.Peer = new PeerInfo(3, 1, "PLAIN", "REP hunter22", metadata);
        _link.Sent = (link, _) => link.ReplyAfter(1, "pong");
        using var prober = Prober(new SecurityConfig.Plain("admin", new Secret(Password)));
        var peer = (await prober.ProbeAsync(TestContext.Current.CancellationToken)).Peer!;
        Assert.Equal("REP <password>", peer.SocketType);
        Assert.Equal("<password>!", peer.Metadata["x-name"]);
        Assert.Equal(["X-<password>", "X-Name", "X-Other"], peer.Metadata.Keys, StringComparer.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_PasswordInAReply_IsMaskedInDetailAndTrace()
    {
        var trace = new Trace();
        _link.Sent = (link, _) => link.ReplyAfter(1, "you are hunter22, hunter22", "b");
        using var prober = Prober(new SecurityConfig.Plain("admin", new Secret(Password)), trace);
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"you are <password>, <password>\"", result.Detail, StringComparison.Ordinal);
        Assert.Equal(["> ping", "< you are <password>, <password>|b"], trace.Lines);
    }

    [Fact]
    public async Task ProbeAsync_ObserverThatShowsNothing_GetsTheMessageAsItIs()
    {
        var observer = new Silent();
        _link.Sent = (link, _) => link.ReplyAfter(1, "you are hunter22");
        using var prober = Prober(new SecurityConfig.Plain("admin", new Secret(Password)), observer);
        await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal("you are hunter22", observer.Received); // it only counts, and a mask would cost
    }

    [Fact]
    public async Task ProbeAsync_BugWithThePeersWords_IsMasked()
    {
        var bug = new FailingProber(new FormatException("cannot parse hunter22"));
        using var prober = new MaskedProber(bug, PasswordMask.For(Password)!);
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () => await prober.ProbeAsync(TestContext.Current.CancellationToken));
        Assert.Equal("FormatException: cannot parse <password>", exception.Message);
        Assert.DoesNotContain(Password, exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_WithoutAPassword_WrapsNothing()
    {
        using var prober = Prober(new SecurityConfig.Null());
        Assert.IsType<RequestProber>(prober);
    }

    private IProber Prober(SecurityConfig security, IProbeObserver? observer = null)
    {
        var target = Target(new RequestProberConfig(SocketType.Req, true, [Step("ping", Equal("pong"))]));
        target = target with { Module = target.Module with { Security = security } };
        return new ProberFactory(_link, _time).Create(target, observer ?? new Observer());
    }

    private sealed class Trace : IProbeObserver
    {
        public List<string> Lines { get; } = [];

        public bool ShowsMessages => true;

        public void OnConnectionEvent(ConnectionEvent connectionEvent)
        {
            // Events hold no text of the peer.
        }

        public void OnMessageSent(ZmtpMessage message) => Lines.Add("> " + FakeLink.Text(message));

        public void OnMessageReceived(ZmtpMessage message) => Lines.Add("< " + FakeLink.Text(message));

        public void OnStaleReply()
        {
            // Nothing is stale here.
        }
    }

    private sealed class Silent : IProbeObserver
    {
        public string? Received { get; private set; }

        public void OnConnectionEvent(ConnectionEvent connectionEvent)
        {
            // Only the message matters here.
        }

        public void OnMessageReceived(ZmtpMessage message) => Received = FakeLink.Text(message);

        public void OnStaleReply()
        {
            // Nothing is stale here.
        }
    }

    private sealed class FailingProber(Exception exception) : IProber
    {
        public ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping) => ValueTask.FromException<ProbeResult>(exception);

        public void Dispose()
        {
            // Nothing to dispose of.
        }
    }
}
