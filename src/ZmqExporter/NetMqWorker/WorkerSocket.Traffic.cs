using NetMQ;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.NetMqWorker;

/// <content>What is sent and received on it.</content>
internal sealed partial class WorkerSocket
{
    // So that a flood of one server does not keep the others waiting.
    private const int MessagesPerTurn = 256;
    private const int BytesPerTurn = 1 << 20;

    private bool _isArmed;
    private int? _look; // that has not been answered

    /// <summary>Does what the exporter asks of it.</summary>
    public void Do(FrameKind kind, FrameFields fields)
    {
        switch (kind)
        {
            case FrameKind.Send:
                Send(fields);
                break;
            case FrameKind.Await:
                _probe = fields.Take<int>();
                _isArmed = true; // the select looks at once whether something is there already
                break;
            case FrameKind.Look:
                _look = fields.Take<int>();
                Look();
                break;
            case FrameKind.Close:
                TakeTurn(areStale: true);
                End(error: null);
                break;
            default:
                throw new InvalidDataException($"a frame of kind {kind}");
        }
    }

    /// <summary>Looks at what is awaited on it, and for a loss.</summary>
    public void Look()
    {
        var provesSilence = _look is not null && ProvesSilence(); // first: what NetMQ's thread has come to by then is read below
        Take();
        _found = Timestamp.None;
        if (provesSilence && _look is { } look && !IsOver)
        {
            _look = null;
            _output.Begin(FrameKind.Looked, _id).Add(look).End();
        }
    }

    // Silence may be that of NetMQ's thread, which is dying, or has not come to what is there.
    private bool ProvesSilence() => !IoThread.MayBeSilent(_ioThread) && !NetMqTcp.HasUnread(_tcp) && IoThread.IsIdle(_ioThread);

    private void Take()
    {
        if (_isArmed && TakeTurn(areStale: false, most: 1))
        {
            return; // the message first: a server may answer and close
        }

        DrainMonitor(); // before publications: what comes on a connection comes after it was made
        var mayTake = !_isArmed || _isLost;
        while (mayTake && TakeTurn(areStale: false))
        {
            mayTake = _isLost; // what came before the loss; there is no more than the high-water mark let in
        }

        EndIfLost(isUnsent: false);
    }

    private void EndIfLost(bool isUnsent)
    {
        if (_isLost && !IsOver)
        {
            End(_engine is { } engine ? RefusedFrame.ErrorOf(engine, _maxMessageSize) : null, isUnsent);
        }
    }

    private void Send(FrameFields fields)
    {
        var (probe, isFirst) = (fields.Take<int>(), fields.Take<bool>());
        var message = fields.Message();
        if (isFirst)
        {
            // What came before the request cannot answer it.
            DrainMonitor();
            TakeTurn(areStale: true);
            EndIfLost(isUnsent: true);
        }

        if (IsOver)
        {
            return;
        }

        FindEngine();
        if (_engine is null && !_isEnding)
        {
            SpinWait.SpinUntil(HasEngineOrEnds, EngineStart); // nothing goes out before it runs, so that this delays nothing
        }

        _probe = probe;
        _isArmed = true;
        var isTaken = !_isReq || TrySendFrame([], more: true);
        for (var i = 0; isTaken && i < message.FrameCount; i++)
        {
            _sentAt = Timestamp.Now(TimeProvider.System); // NetMQ begins with the last frame
            isTaken = TrySendFrame(message[i], more: i < message.FrameCount - 1);
        }

        if (!isTaken)
        {
            End(new ZmtpError(ZmtpErrorCode.Disconnected, "NetMQ takes no more messages: the peer has not read the last ones"));
        }
    }

    /// <summary>Reads the monitor.</summary>
    private void DrainMonitor()
    {
        // HasIn first: it costs half of a poll, and as a rule there is nothing.
        for (var i = 0; i < MaxEvents && _pair.HasIn; i++)
        {
            _pair.Poll(TimeSpan.Zero);
        }

        FindEngine();
    }

    // What has come, but not all of a flood.
    private bool TakeTurn(bool areStale, int most = MessagesPerTurn)
    {
        var (messages, bytes, isLast) = (0, 0L, true);
        MessageBlock? block = null;
        var frame = default(Msg);
        frame.InitEmpty();
        while (!IsOver && ((messages < most && bytes < BytesPerTurn) || !isLast) && _socket.TryReceive(ref frame, TimeSpan.Zero))
        {
            isLast = !frame.HasMore;
            messages += isLast ? 1 : 0;
            if (IsSubscription)
            {
                bytes += frame.Size;
                _output.Begin(FrameKind.Publication, _id).Add(isLast).Add(frame.Size).Bytes(frame.Slice()[..Math.Min(frame.Size, _keptLength)]).End();
                continue;
            }

            block ??= new MessageBlock(MaxFrames, _maxMessageSize, _isReq);
            block.Add(frame.Slice());
            if (isLast)
            {
                OnMessage(block, areStale);
                block = null;
            }
        }

        frame.Close();
        if (messages > 0)
        {
            Flood.OnRead();
        }

        if (messages > 0 && IsSubscription)
        {
            _output.Begin(FrameKind.PublicationsRead, _id).Add(Timestamp.Now(TimeProvider.System)).End();
        }

        return messages > 0;
    }

    private void OnMessage(MessageBlock block, bool isStale)
    {
        if (block.Error is not { } error)
        {
            _isArmed &= isStale;
            var received = _found.IsSet ? _found : Timestamp.Now(TimeProvider.System);
            _found = Timestamp.None;
            _output.Begin(FrameKind.Message, _id).Add(isStale).Add(_probe).Add(_sentAt).Add(received).Message(block.Message).End();
        }
        else if (!isStale)
        {
            End(error);
        }
    }

    // It never runs when the peer has closed the connection as soon as it stood.
    private bool HasEngineOrEnds()
    {
        DrainMonitor();
        return _engine is not null || _isEnding || _isLost;
    }

    private void FindEngine() => _engine ??= IsConnected ? RefusedFrame.EngineOf(_socket) : null;

    private bool TrySendFrame(ReadOnlySpan<byte> body, bool more)
    {
        var frame = default(Msg);
        frame.InitPool(body.Length);
        body.CopyTo(frame.Slice());
        var sent = _socket.TrySend(ref frame, TimeSpan.Zero, more);
        frame.Close();
        return sent;
    }
}
