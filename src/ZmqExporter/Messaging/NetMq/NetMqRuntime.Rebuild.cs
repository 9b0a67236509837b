using Microsoft.Extensions.Logging;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <content>What happens when one of NetMQ's threads has died.</content>
internal sealed partial class NetMqRuntime
{
    private void OnWorkerDied(NetMqGeneration generation, Exception exception)
    {
        OnFault(exception);
        Rebuild(generation, ioThread: null, exception);
    }

    /// <summary>One of NetMQ's threads has died; this is that thread.</summary>
    internal void OnIoThreadDied(int? ioThread, Exception exception)
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

        new Thread(() => Rebuild(generation, exception)) { IsBackground = true, Name = "netmq-rebuild" }.Start();
    }

    private void Rebuild(NetMqGeneration dead, Exception exception)
    {
        try
        {
            Log.Died(_events.Logger, exception);
            TellOfDeath();
            var ended = dead.End(RebuildLimit);
            TellOfDeath(); // those who were just about to wait the first time
            lock (_lock)
            {
                JudgeNeedsLock();
            }

            Begin(ended);
        }
#pragma warning disable CA1031 // On a thread of its own this would end the process.
        catch (Exception fault)
        {
            OnFault(fault);
            TurnOff(TurnedOff);
        }
#pragma warning restore CA1031
    }

    private void TellOfDeath()
    {
        foreach (var link in Links())
        {
            link.OnGenerationDied(Rebuilding);
        }
    }

    private void Begin(bool ended)
    {
        if (!ended || !_cap.TryTake() || !HasDescriptors())
        {
            TurnOff(ended ? TurnedOff : Stuck);
            return;
        }

        lock (_lock)
        {
            if (_unavailable == Stopped)
            {
                return;
            }

            _restarts++;
            _current = NewGeneration();
            _unavailable = null;
        }

        _events.OnRestarted?.Invoke();
        Log.Restarted(_events.Logger, _restarts);
        foreach (var link in Links())
        {
            link.OnGenerationStarted();
        }
    }

    private void Return()
    {
        try
        {
            Begin(ended: true);
        }
#pragma warning disable CA1031 // On a thread of its own this would end the process.
        catch (Exception fault)
        {
            OnFault(fault);
            TurnOff(TurnedOff);
        }
#pragma warning restore CA1031
    }

    private void TurnOff(ZmtpError why)
    {
        lock (_lock)
        {
            if (_unavailable == Stopped)
            {
                return;
            }

            _unavailable = why;
        }

        if (why != Stuck)
        {
            Context.Timers.Schedule(_return, Context.Timers.After(RestartCap.Window));
        }

        Log.TurnedOff(_events.Logger, why.Message, _restarts);
    }

    // Each restart leaks some, and those of our own client must not run short of them.
    private bool HasDescriptors()
    {
        int links;
        lock (_lock)
        {
            links = _links.Count;
        }

        return _events.FreeDescriptors is not { } free || NetMqLimits.Suffices(links, free());
    }

    private NetMqLink[] Links()
    {
        lock (_lock)
        {
            return [.. _links];
        }
    }

    private void JudgeNeedsLock()
    {
        // All of them first: a judgement moves servers to other threads.
        var deaths = _deaths.Distinct().Select(ioThread => _suspects.Values
            .Where(suspect => _groups.Of(suspect.Endpoint) == ioThread && suspect.IsPossible())
            .OrderByDescending(suspect => suspect.LastActive)
            .ToArray()).ToArray();
        foreach (var suspects in deaths)
        {
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
        [LoggerMessage(Level = LogLevel.Error, Message = "NetMQ's I/O thread died of what some server sent; NetMQ is built again, and the targets of our own client go on")]
        public static partial void Died(ILogger logger, Exception exception);

        [LoggerMessage(Level = LogLevel.Information, Message = "NetMQ runs again")]
        public static partial void Restarted(ILogger logger, long restarts);

        [LoggerMessage(Level = LogLevel.Warning, Message = "the next death of NetMQ's I/O thread will tell which of the suspects sent it")]
        public static partial void Suspects(ILogger logger, int count, string suspects);

        [LoggerMessage(Level = LogLevel.Error, Message = "this server killed NetMQ's I/O thread; it is quarantined: probed by handshakes of our own client only")]
        public static partial void Quarantined(ILogger logger, string targets, string endpoint, TimeSpan quarantine);

        [LoggerMessage(Level = LogLevel.Error, Message = "NetMQ is OFF, and its targets are unknown; probe them with client: zmtp")]
        public static partial void TurnedOff(ILogger logger, string reason, long restarts);
    }

    private sealed class ReturnTimer(NetMqRuntime owner) : TimerEntry
    {
        // On a thread of its own: counting descriptors may take a moment. And starting one takes until it runs.
        protected override void OnDue(Timestamp due, Timestamp now) => ThreadPool.UnsafeQueueUserWorkItem(
            static owner => new Thread(owner.Return) { IsBackground = true, Name = "netmq-rebuild" }.Start(), owner, preferLocal: false);
    }
}
