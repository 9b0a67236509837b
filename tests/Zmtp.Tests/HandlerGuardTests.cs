namespace Zmtp.Tests;

public sealed class HandlerGuardTests
{
    [Fact]
    public void EveryCall_HandlerThrows_IsReportedAndGoesNoFurther()
    {
        var handler = new Throwing();
        var faults = new List<Exception>();
        var guard = new HandlerGuard(handler, handler, faults.Add);

        guard.OnEvent(ConnectionEvent.Connected);
        guard.OnOpened(null!, null!);
        guard.OnMessage(null!, null!, default);
        guard.OnPong(null!, default);
        guard.OnClosed(null!, null!);

        Assert.Equal(["event", "opened", "message", "pong", "closed"], faults.Select(fault => fault.Message), StringComparer.Ordinal);
    }

    private sealed class Throwing : IMessageHandler
    {
        public void OnEvent(ConnectionEvent connectionEvent) => throw new InvalidOperationException("event");

        public void OnOpened(ZmtpConnection connection, PeerInfo peer) => throw new InvalidOperationException("opened");

        public void OnMessage(ZmtpConnection connection, ZmtpMessage message, Arrival arrival) => throw new InvalidOperationException("message");

        public void OnPong(ZmtpConnection connection, Timestamp timestamp) => throw new InvalidOperationException("pong");

        public void OnClosed(ZmtpConnection connection, ZmtpError error) => throw new InvalidOperationException("closed");
    }
}
