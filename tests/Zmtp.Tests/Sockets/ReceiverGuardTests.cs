namespace Zmtp.Tests.Sockets;

public sealed class ReceiverGuardTests : IDisposable
{
    private readonly TimerQueue _timers = new(TimeProvider.System);
    private readonly List<Exception> _faults = [];

    public void Dispose() => _timers.Dispose();

    [Fact]
    public void OnFrame_ReceiverThrows_IsReportedAndTheNextFrameComes()
    {
        var handler = new RecordingHandler();
        handler.Received = message => throw new InvalidOperationException($"{handler.Messages.Count}");
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("ROUTER");
            peer.SendMessage("a");
            peer.SendMessage("b");
            peer.ExpectEnd();
        });
        using (Start(server, handler))
        {
            handler.WaitFor("OnMessage", 2);
            Eventually.True(() => Faults.Length == 2, () => string.Join('\n', Faults));
        }

        Assert.Equal(["1", "2"], Faults);
        Assert.Null(handler.Error);
    }

    // A message that could not be kept is missing: what comes after it would be misread.
    [Fact]
    public void OnFrame_NoMemoryForIt_EndsTheConnection()
    {
#pragma warning disable MA0012 // The runtime's part.
        var handler = new RecordingHandler { Received = _ => throw new InsufficientMemoryException() };
#pragma warning restore MA0012
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("ROUTER");
            peer.SendMessage("a");
            peer.ExpectEnd();
        });
        using var connection = Start(server, handler);

        Assert.Equal(ZmtpErrorCode.Local, handler.WaitForError().Code);
        Assert.Empty(Faults);
    }

    [Fact]
    public void OnFrame_ConnectionWasClosedMeanwhile_IsDropped()
    {
        var handler = new RecordingHandler();
        ZmtpConnection? connection = null;
        using var ready = new ManualResetEventSlim();
        handler.Received = _ =>
        {
            ready.Wait(Eventually.Deadline);
            connection!.Dispose();
        };
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("ROUTER");
            peer.Send([.. PeerBytes.Frame(0, "a"u8), .. PeerBytes.Frame(0, "b"u8)]); // one read
            peer.ExpectEnd();
        });
        connection = Start(server, handler);
        ready.Set();

        handler.WaitFor("Closed");
        Assert.Single(handler.Messages);
    }

    private string[] Faults
    {
        get
        {
            lock (_faults)
            {
                return [.. _faults.Select(fault => fault.Message)];
            }
        }
    }

    private ZmtpConnection Start(ScriptedServer server, RecordingHandler handler) => ZmtpConnection.Start(
        server.Endpoint,
        new ZmtpOptions { SocketType = SocketType.Dealer },
        new ZmtpContext(_timers, new NameResolver()) { OnFault = Note },
        _timers.After(Eventually.Deadline),
        handler);

    private void Note(Exception fault)
    {
        lock (_faults)
        {
            _faults.Add(fault);
        }
    }
}
