namespace Zmtp.Tests;

public sealed class HandlerGuardTests
{
    [Fact]
    public void EveryCall_HandlerThrows_IsReportedAndGoesNoFurther()
    {
        var faults = new List<Exception>();
        var guard = new HandlerGuard(new Throwing(), faults.Add);

        guard.OnEvent(ConnectionEvent.Connected);
        guard.OnOpened(null!, null!);
        guard.OnPong(null!, default);
        guard.OnClosed(null!, null!);

        Assert.Equal(["event", "opened", "pong", "closed"], faults.Select(fault => fault.Message), StringComparer.Ordinal);
    }

    private sealed class Throwing : IConnectionHandler
    {
        public IFrameReceiver CreateReceiver(ZmtpConnection connection) => throw new InvalidOperationException("receiver");

        public void OnEvent(ConnectionEvent connectionEvent) => throw new InvalidOperationException("event");

        public void OnOpened(ZmtpConnection connection, PeerInfo peer) => throw new InvalidOperationException("opened");

        public void OnPong(ZmtpConnection connection, Timestamp timestamp) => throw new InvalidOperationException("pong");

        public void OnClosed(ZmtpConnection connection, ZmtpError error) => throw new InvalidOperationException("closed");
    }
}
