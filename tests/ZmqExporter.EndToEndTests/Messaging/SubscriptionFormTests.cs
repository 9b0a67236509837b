using System.Text;
using ZmqExporter.Messaging;
using Zmtp.Security;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>Our subscriptions as an XPUB on real libzmq, which announces ZMTP 3.1, hands them to its application: like those of any SUB.</summary>
public sealed class SubscriptionFormTests
{
    private static readonly CurveKeyPair Server = CurveKeyPair.Generate();

    [Theory]
    [InlineData("null")]
    [InlineData("plain")]
    [InlineData("curve")]
    public async Task Open_LibzmqXpub_ItsApplicationSeesTheSubscriptionsAndNothingElse(string mechanism)
    {
        string[] topics = ["book.", new('t', 300), ""];
        await using var server = await PythonPeer.StartAsync("xpub.py", mechanism switch
        {
            "plain" => ["--plain", "probe:password"],
            "curve" => ["--curve=" + Server.ExportSecretKey()],
            _ => [],
        });
        using var client = new ClientUnderTest(ClientKind.Zmtp);
        ZmtpSecurity? security = mechanism switch
        {
            "plain" => ZmtpSecurity.Plain("probe", "password"),
            "curve" => ZmtpSecurity.Curve(Server.PublicKey, CurveKeyPair.Generate()),
            _ => null,
        };
        var link = client.Subscription(server.Endpoint, security, topics);

        await link.OpenAsync();

        await link.EventuallyAsync(
            observer => topics.All(topic => observer.Messages.Any(message => message.Length == topic.Length)), "no message came for one of the topics");
        Assert.True(link.Link.SendPing());
        Assert.Equal(LinkOutcomeKind.Pong, (await PongAsync(link)).Kind);
        Assert.Equal(
            topics.Select(topic => "got 01" + Convert.ToHexStringLower(Encoding.ASCII.GetBytes(topic))),
            server.Process.Output.Where(line => line.StartsWith("got ", StringComparison.Ordinal)),
            StringComparer.Ordinal);
    }

    private static async Task<LinkOutcome> PongAsync(LinkUnderTest link)
    {
        while (true)
        {
            var outcome = await link.ReceiveWithoutLimitAsync();
            if (outcome.Kind != LinkOutcomeKind.Message)
            {
                return outcome;
            }
        }
    }
}
