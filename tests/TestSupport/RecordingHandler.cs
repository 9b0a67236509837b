namespace TestSupport;

/// <summary>What a connection told, in order.</summary>
internal sealed class RecordingHandler : IConnectionHandler
{
    private readonly List<string> _log = [];
    private readonly List<ZmtpMessage> _messages = [];
    private readonly List<Arrival> _arrivals = [];
    private ZmtpError? _error;

    public Action<ZmtpConnection>? Opened { get; set; }

    /// <summary>Runs in each event's call, after it was noted.</summary>
    public Action<ConnectionEvent>? Happened { get; set; }

    /// <summary>Runs in each message's call, after it was noted.</summary>
    public Action<ZmtpMessage>? Received { get; set; }

    /// <summary>Called when a connection is over, before <see cref="Error"/> tells.</summary>
    public Action<ZmtpConnection>? Closed { get; set; }

    /// <summary>The thread that said it is over.</summary>
    public int ClosedOn { get; private set; }

    public ZmtpError? Error
    {
        get
        {
            lock (_log)
            {
                return _error;
            }
        }
    }

    public IReadOnlyList<ZmtpMessage> Messages
    {
        get
        {
            lock (_log)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>When each of the messages came.</summary>
    public IReadOnlyList<Arrival> Arrivals
    {
        get
        {
            lock (_log)
            {
                return [.. _arrivals];
            }
        }
    }

    /// <summary>Everything so far: events by name, OnOpened, OnMessage, OnPong, and the error's code.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join(' ', _log);
            }
        }
    }

    public int Count(string entry)
    {
        lock (_log)
        {
            return _log.Count(item => item == entry);
        }
    }

    public ZmtpError WaitForError()
    {
        Eventually.True(() => Error is not null, () => $"no error came: {Log}");
        return Error!;
    }

    public void WaitFor(string entry, int count = 1) => Eventually.True(() => Count(entry) >= count, () => $"no {entry}: {Log}");

    void IConnectionHandler.OnEvent(ConnectionEvent connectionEvent)
    {
        Add(connectionEvent.ToString());
        Happened?.Invoke(connectionEvent);
    }

    void IConnectionHandler.OnOpened(ZmtpConnection connection, PeerInfo peer)
    {
        Add("OnOpened");
        Opened?.Invoke(connection);
    }

    IFrameReceiver IConnectionHandler.CreateReceiver(ZmtpConnection connection) =>
        new CallbackReceiver(connection, message => OnMessage(message, connection.Arrival));

    private void OnMessage(ZmtpMessage message, Arrival arrival)
    {
        lock (_log)
        {
            _messages.Add(message);
            _arrivals.Add(arrival);
        }

        Add("OnMessage");
        Received?.Invoke(message);
    }

    void IConnectionHandler.OnPong(ZmtpConnection connection, Timestamp timestamp) => Add("OnPong");

    void IConnectionHandler.OnClosed(ZmtpConnection connection, ZmtpError error)
    {
        Closed?.Invoke(connection);
        lock (_log)
        {
            ClosedOn = Environment.CurrentManagedThreadId;
            _error = error;
        }

        Add(error.Code.ToString());
    }

    /// <summary>Notes something that is not the connection's.</summary>
    public void Add(string entry)
    {
        lock (_log)
        {
            _log.Add(entry);
        }
    }
}
