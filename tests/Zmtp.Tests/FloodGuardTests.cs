namespace Zmtp.Tests;

public sealed class FloodGuardTests
{
    private const int Mega = 1 << 20;

    [Theory]
    [InlineData(1, 64, true)]
    [InlineData(1, 65, false)]
    [InlineData(256, 256, true)] // one that is allowed, as fast as it comes
    [InlineData(256, 320, false)]
    public void OnRead_BytesOfASecond_MayBeSoManyAndAMessageThatIsAllowed(int allowed, int came, bool isFine)
    {
        var guard = new FloodGuard(allowed * Mega);
        ZmtpError? error = null;
        for (var i = 0; i < came; i++)
        {
            error ??= guard.OnRead(Mega, work: 1, now: default);
        }

        Assert.Equal(isFine, error is null);
    }

    [Fact]
    public void OnRead_LargeMessageInSmallPackets_IsNoFlood()
    {
        var guard = new FloodGuard(32 * Mega);
        for (var i = 0; i < 32 * Mega / 1448; i++)
        {
            Assert.Null(guard.OnRead(1448, work: 0, now: default));
        }
    }
}
