using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Everything of NetMQ that the process has. Nothing runs until a link asks for a worker. When one of NetMQ's threads dies of what a
/// server sent, everybody who waits is told, all of it is built anew, and the culprit is found and quarantined. Thread-safe.
/// </summary>
internal sealed partial class NetMqRuntime : IDisposable
{
    /// <summary>Why nothing can be asked just now.</summary>
    public static readonly ZmtpError Rebuilding = new(
        ZmtpErrorCode.Local, "NetMQ is being built anew, because its I/O thread died of what some server sent");

    private static readonly TimeSpan RebuildLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(400);

    private static readonly ZmtpError TurnedOff = new(
        ZmtpErrorCode.Local,
        string.Create(
            CultureInfo.InvariantCulture,
            $"NetMQ is off until the exporter is restarted: its I/O thread died more than {RestartCap.Max} times within an hour, or did not end"));

    private static readonly ZmtpError Stopped = new(ZmtpErrorCode.Local, "the exporter stops");

    private readonly Lock _lock = new();
    private readonly NetMqEvents _events;
    private readonly int _maxSockets;
    private readonly HashSet<NetMqLink> _links = [];
    private readonly Dictionary<string, Suspect> _suspects = new(StringComparer.Ordinal);
    private readonly IoThreadGroups _groups = new();
    private readonly RestartCap _cap;
    private readonly List<int> _deaths = [];
    private NetMqGeneration? _current;
    private ZmtpError? _unavailable;
    private long _restarts;

    /// <param name="context">Timers and names.</param>
    /// <param name="maxSockets">How many NetMQ sockets there may be.</param>
    /// <param name="events">Is told what happens.</param>
    public NetMqRuntime(ZmtpContext context, int maxSockets, NetMqEvents events)
    {
        Context = context;
        _maxSockets = maxSockets;
        _events = events;
        _cap = new RestartCap(context.Timers.Time);
    }

    /// <summary>Timers and names.</summary>
    public ZmtpContext Context { get; }

    /// <summary>How many connections are kept for late replies.</summary>
    public LateReply.Budget LateReplies { get; } = new();

    /// <summary>A link begins to exist.</summary>
    public Suspect Enter(NetMqLink link, TargetConfig target)
    {
        lock (_lock)
        {
            _links.Add(link);
            var endpoint = target.Endpoint.ToString();
            if (!_suspects.TryGetValue(endpoint, out var suspect))
            {
                suspect = new Suspect(endpoint, Context.Timers);
                _suspects.Add(endpoint, suspect);
            }

            suspect.Names.Add($"{target.Name}/{target.Module.Name}");
            return suspect;
        }
    }

    /// <summary>A link ceases to exist. What is known of its server stays: it may come back with the next config.</summary>
    public void Leave(NetMqLink link, TargetConfig target)
    {
        lock (_lock)
        {
            if (_links.Remove(link))
            {
                link.Suspect.Names.Remove($"{target.Name}/{target.Module.Name}");
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

        last?.End(StopLimit);
        IoThreadWatch.End(OnIoThreadDied);
    }

    private NetMqGeneration NewGeneration() => new(_groups.Count, _maxSockets, OnFault, OnWorkerDied);

    private void OnWorkerDied(NetMqGeneration generation, Exception exception)
    {
        OnFault(exception);
        Rebuild(generation, ioThread: null, exception);
    }

    // On the thread that dies.
    private void OnIoThreadDied(int? ioThread, Exception exception)
    {
        NetMqGeneration? generation;
        lock (_lock)
        {
            generation = _current;
            if (generation is null && ioThread is { } number)
            {
                _deaths.Add(number); // another one while everything is being rebuilt
            }
        }

        if (generation is not null)
        {
            Rebuild(generation, ioThread, exception);
        }
    }

    private void Rebuild(NetMqGeneration generation, int? ioThread, Exception exception)
    {
        lock (_lock)
        {
            if (generation != _current)
            {
                return;
            }

            if (ioThread is { } number)
            {
                _deaths.Add(number);
            }

            _current = null;
            _unavailable = Rebuilding;
        }

        Log.Died(_events.Logger, exception);
        new Thread(() => Rebuild(generation)) { IsBackground = true, Name = "netmq-rebuild" }.Start();
    }

    private void Rebuild(NetMqGeneration dead)
    {
        try
        {
            NetMqLink[] links;
            lock (_lock)
            {
                links = [.. _links];
            }

            foreach (var link in links)
            {
                link.OnGenerationDied(Rebuilding);
            }

            var ended = dead.End(RebuildLimit);
            lock (_lock)
            {
                JudgeNeedsLock();
                if (_unavailable == Stopped)
                {
                    return;
                }

                if (!ended || !_cap.TryTake())
                {
                    _unavailable = TurnedOff;
                    Log.TurnedOff(_events.Logger, _restarts, RestartCap.Max);
                    return;
                }

                _restarts++;
                _current = NewGeneration();
                _unavailable = null;
            }

            _events.OnRestarted?.Invoke();
            Log.Restarted(_events.Logger, _restarts);
            foreach (var link in links)
            {
                link.OnGenerationStarted();
            }
        }
#pragma warning disable CA1031 // On a thread of its own this would end the process.
        catch (Exception exception)
        {
            OnFault(exception);
        }
#pragma warning restore CA1031
    }

    private void JudgeNeedsLock()
    {
        foreach (var ioThread in _deaths.Distinct())
        {
            var suspects = _suspects.Values
                .Where(suspect => _groups.Of(suspect.Endpoint) == ioThread && suspect.IsPossible())
                .OrderByDescending(suspect => suspect.LastActive)
                .ToArray();
            if (_groups.Judge([.. suspects.Select(suspect => suspect.Endpoint)]) is { } culprit)
            {
                var quarantine = _suspects[culprit].Convict();
                Log.Quarantined(_events.Logger, string.Join(", ", _suspects[culprit].Names), culprit, quarantine);
            }
            else
            {
                Log.Suspects(_events.Logger, suspects.Length, string.Join(", ", suspects.Take(10).SelectMany(suspect => suspect.Names)));
            }
        }

        _deaths.Clear();
        foreach (var suspect in _suspects.Values)
        {
            suspect.OnGenerationDied();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "NetMQ's I/O thread died of what some server sent; NetMQ is built anew, and the targets of our own client go on")]
        public static partial void Died(ILogger logger, Exception exception);

        [LoggerMessage(Level = LogLevel.Information, Message = "NetMQ runs again")]
        public static partial void Restarted(ILogger logger, long restarts);

        [LoggerMessage(Level = LogLevel.Warning, Message = "the next death of NetMQ's I/O thread will tell which of the suspects sent it")]
        public static partial void Suspects(ILogger logger, int count, string suspects);

        [LoggerMessage(Level = LogLevel.Error, Message = "this server killed NetMQ's I/O thread; it is quarantined: probed by handshakes of our own client only")]
        public static partial void Quarantined(ILogger logger, string targets, string endpoint, TimeSpan quarantine);

        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "NetMQ is OFF until the exporter is restarted: its I/O thread dies too often or does not end, and each restart leaks descriptors; its targets are unknown. Probe them with client: zmtp")]
        public static partial void TurnedOff(ILogger logger, long restarts, int limitPerHour);
    }
}
