using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Everything of NetMQ that the process has. Nothing runs until a link asks for a worker. When one of NetMQ's threads dies of what a
/// server sent, everybody who waits is notified, all of it is built again, and the culprit is found and quarantined. Thread-safe.
/// </summary>
internal sealed partial class NetMqRuntime : IDisposable
{
    /// <summary>Why nothing can be asked just now.</summary>
    public static readonly ZmtpError Rebuilding = new(
        ZmtpErrorCode.Local, "NetMQ is being built again, because its I/O thread died of what some server sent");

    private static readonly TimeSpan RebuildLimit = TimeSpan.FromSeconds(30); // as a rule it takes a fraction of one
    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(400);

    private static readonly ZmtpError TurnedOff = new(
        ZmtpErrorCode.Local,
        string.Create(
            CultureInfo.InvariantCulture,
            $"NetMQ is off for {RestartCap.Window.TotalMinutes:0} minutes: its I/O thread died more than {RestartCap.Max} times within an hour, or descriptors are short"));

    private static readonly ZmtpError Stuck = new(
        ZmtpErrorCode.Local, "NetMQ is off until the exporter is restarted: after the death of its I/O thread it did not end");

    private static readonly ZmtpError Stopped = new(ZmtpErrorCode.Local, "the exporter stops");

    private readonly Lock _lock = new();
    private readonly NetMqEvents _events;
    private readonly int _maxSockets;
    private readonly HashSet<NetMqLink> _links = [];
    private readonly Dictionary<string, Suspect> _suspects = new(StringComparer.Ordinal);
    private readonly IoThreadGroups _groups = new();
    private readonly RestartCap _cap;
    private readonly ReturnTimer _return;
    private readonly List<int> _deaths = [];
    private NetMqGeneration? _current;
    private ZmtpError? _unavailable;
    private long _restarts;

    /// <param name="context">Timers and names.</param>
    /// <param name="maxSockets">How many NetMQ sockets there may be.</param>
    /// <param name="events">Is notified of what happens.</param>
    public NetMqRuntime(ZmtpContext context, int maxSockets, NetMqEvents events)
    {
        Context = context;
        _maxSockets = maxSockets;
        _events = events;
        _cap = new RestartCap(context.Timers.Time);
        _return = new ReturnTimer(this);
    }

    /// <summary>Timers and names.</summary>
    public ZmtpContext Context { get; }

    /// <summary>How many connections are kept for late replies.</summary>
    public LateReplyBudget LateReplies { get; } = new(LateReply.MaxPerProcess);

    /// <summary>A link begins to exist.</summary>
    public Suspect Enter(NetMqLink link, LinkOptions options)
    {
        lock (_lock)
        {
            _links.Add(link);
            var endpoint = options.Endpoint.ToString();
            if (!_suspects.TryGetValue(endpoint, out var suspect))
            {
                suspect = new Suspect(endpoint, Context.Timers);
                _suspects.Add(endpoint, suspect);
            }

            suspect.Names.Add(options.Name);
            return suspect;
        }
    }

    /// <summary>A link ceases to exist. What is known of its server stays: it may come back with the next config.</summary>
    public void Leave(NetMqLink link, LinkOptions options)
    {
        lock (_lock)
        {
            if (_links.Remove(link))
            {
                link.Suspect.Names.Remove(options.Name);
                if (link.Suspect.Names.Count == 0 && !link.Suspect.IsQuarantined)
                {
                    _groups.Forget(link.Suspect.Endpoint);
                }
            }
        }
    }

    /// <summary>The thread to work on.</summary>
    public bool TryGetWorker(WorkerRole role, [NotNullWhen(true)] out NetMqWorker? worker, [NotNullWhen(false)] out ZmtpError? error)
    {
        lock (_lock)
        {
            error = _unavailable;
            if (error is null && _current is null)
            {
                IoThreadWatch.Begin(OnIoThreadDied);
                _current = NewGeneration();
            }

            worker = error is null ? _current!.Worker(role) : null;
            error ??= worker is null ? Rebuilding : null;
            return worker is not null;
        }
    }

    /// <summary>The I/O thread that serves a server.</summary>
    public int IoThreadOf(Suspect suspect)
    {
        lock (_lock)
        {
            return _groups.Of(suspect.Endpoint);
        }
    }

    /// <summary>A bug was contained.</summary>
    public void OnFault(Exception exception) => _events.OnFault?.Invoke(exception);

    /// <inheritdoc />
    public void Dispose()
    {
        NetMqGeneration? last;
        lock (_lock)
        {
            last = _current;
            _current = null;
            _unavailable = Stopped;
        }

        Context.Timers.Cancel(_return);
        last?.End(StopLimit);
        IoThreadWatch.End(OnIoThreadDied);
    }

    private NetMqGeneration NewGeneration() => new(_groups.Count, _maxSockets, OnFault, OnWorkerDied);
}
