using System.Globalization;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

/// <summary>The rule that a monitor stands or falls with: a reply to one probe is never taken for the answer to another.</summary>
public sealed class StaleReplyModelTests
{
    /// <summary>What a server does with one request: the delay of its reply in ms (negative drops it), and of a second copy.</summary>
    private static readonly Gen<(int Delay, int Copy, int Pause)> GenBehaviour = Gen.Select(
        Gen.Frequency((5, Gen.Int[0, 1900]), (3, Gen.Int[1900, 9000]), (1, Gen.Const(-1))),
        Gen.Frequency((3, Gen.Const(-1)), (1, Gen.Int[0, 6000])),
        Gen.Int[1, 3000]);

    [Fact]
    public void ProbeAsync_ServerThatDelaysDropsAndDuplicates_SuccessMeansTheOwnReply() =>
        Gen.Select(GenBehaviour.Array[1, 25], Gen.Bool, Gen.Bool, Gen.Bool).Sample(
            (behaviours, hasToken, persistent, isReq) =>
            {
                var time = new FakeTimeProvider();
                var link = new FakeLink(time);
                var step = hasToken ? Step("{token} {sequence}", Equal("{token}")) : Step("x {sequence}", Equal("x"));
                var config = new RequestProberConfig(isReq ? SocketType.Req : SocketType.Dealer, persistent, [step]);
                using var prober = new RequestProber(Target(config), LinkSetup.OptionsFor(Target(config)), link, time, new Observer());
                for (var i = 0; i < behaviours.Length; i++)
                {
                    var (delay, copy, pause) = behaviours[i];
                    link.Sent = (link, message) =>
                    {
                        var parts = FakeLink.Text(message).Split(' ');
                        if (delay >= 0)
                        {
                            link.ReplyAfter(delay, parts);
                        }

                        // Without a token, a second copy that comes while the next request is out looks like its answer to
                        // anybody; one that comes at once or between two probes does not.
                        if (copy >= 0 && delay >= 0)
                        {
                            link.ReplyAfter(hasToken || !persistent ? delay + copy : delay, parts);
                        }
                    };
                    var result = prober.ProbeAsync(TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult();
                    var number = (i + 1).ToString(CultureInfo.InvariantCulture);
                    if (result.Reason is null)
                    {
                        Assert.EndsWith($"|{number}", FakeLink.Text(link.LastHandedOut!), StringComparison.Ordinal);
                    }
                    else
                    {
                        Assert.True(delay is < 0 or >= 1900 || result.Reason == FailureReason.ReplyTimeout);
                        Assert.Equal(FailureReason.ReplyTimeout, result.Reason);
                    }

                    if (delay is >= 0 and < 1900)
                    {
                        Assert.Null(result.Reason); // and the rule does not cost an honest answer
                    }

                    link.Pass(pause);
                }
            },
            iter: 3000);
}
