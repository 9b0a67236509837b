using CsCheck;
using Zmtp.Security;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Session;

/// <summary>A server's conversation, damaged at random and cut at random: any verdict will do, an exception or a hoard of memory will not.</summary>
public sealed class SessionFuzzTests
{
    private static readonly byte[] Null =
    [
        .. PeerBytes.Greeting(), .. PeerBytes.Ready("ROUTER"), .. PeerBytes.Message("", "pong"), .. PeerBytes.Command("PING", 0, 1, 7),
        .. PeerBytes.Command("PONG", 7), .. PeerBytes.Frame(PeerBytes.Long, new byte[400]), .. PeerBytes.Message("a", "b", "c"),
    ];

    private static readonly byte[] Plain =
        [.. PeerBytes.Greeting("PLAIN"), .. PeerBytes.Command("WELCOME"), .. PeerBytes.Ready("ROUTER"), .. PeerBytes.Message("", "pong")];

    private static readonly Gen<(int Kind, double Where, byte What)> GenDamage = Gen.Select(Gen.Int[0, 3], Gen.Double[0, 1], Gen.Byte);

    [Fact]
    public void Receive_DamagedConversation_NeverThrowsAndStaysSmall() =>
        Gen.Select(Gen.Bool, Gen.Bool, GenDamage.Array[0, 6], Gen.Int[1, 90].Array[0, 20]).Sample(
            (isPlain, isReq, damages, cuts) =>
            {
                var bytes = new List<byte>(isPlain ? Plain : Null);
                foreach (var damage in damages)
                {
                    Apply(bytes, damage);
                }

                var options = new ZmtpOptions
                {
                    SocketType = isReq ? SocketType.Req : SocketType.Dealer,
                    Security = isPlain ? ZmtpSecurity.Plain("u", "p") : ZmtpSecurity.Null,
                };
                var output = new RecordingOutput();
                var session = TestSession.Create(options, output);
                var before = GC.GetAllocatedBytesForCurrentThread();
                session.Start();
                var error = Feed(session, bytes.ToArray(), cuts);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 128 * 1024);
                if (error is null)
                {
                    Assert.True((output.Opened is not null) == (session.Stage == SessionStage.Open));
                }

                Assert.NotEmpty((error ?? session.EndOfStream()).Message);
                Assert.InRange((error ?? session.HandshakeTimedOut()).Message.Length, 1, 2000);
                session.Release();
            },
            iter: 20_000);

    [Fact]
    public void Receive_RandomBytesAfterTheGreeting_NeverThrows() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Bool).Sample(
            (bytes, isOpen) =>
            {
                var session = TestSession.Create(new ZmtpOptions { SocketType = SocketType.Dealer }, new RecordingOutput());
                session.Receive(PeerBytes.Greeting());
                if (isOpen)
                {
                    session.Receive(PeerBytes.Ready("ROUTER"));
                }

                session.Receive(bytes);
                session.Release();
            },
            iter: 20_000);

    private static ZmtpError? Feed(ZmtpSession session, byte[] bytes, int[] cuts)
    {
        var at = 0;
        foreach (var cut in cuts.Append(int.MaxValue))
        {
            var take = Math.Min(cut, bytes.Length - at);
            if (session.Receive(bytes.AsSpan(at, take)) is { } error)
            {
                return error;
            }

            at += take;
        }

        return null;
    }

    private static void Apply(List<byte> bytes, (int Kind, double Where, byte What) damage)
    {
        var at = (int)(damage.Where * Math.Max(0, bytes.Count - 1));
        switch (damage.Kind)
        {
            case 0 when bytes.Count > 0:
                bytes[at] ^= (byte)(1 << (damage.What % 8));
                break;
            case 1:
                bytes.Insert(at, damage.What);
                break;
            case 2 when bytes.Count > 0:
                bytes.RemoveAt(at);
                break;
            case 3 when damage.What < 64:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                break;
        }
    }
}
