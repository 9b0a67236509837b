using System.Globalization;
using System.Runtime.ExceptionServices;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Keeps the process alive when one of NetMQ's own threads dies of an exception: what some servers send makes NetMQ throw where nobody
/// can catch it. Every other unhandled exception ends the process as ever.
/// </summary>
internal static class IoThreadWatch
{
    private const string ThreadNamePrefix = "iothread-";
    private const int FirstThread = 2; // numbers 0 and 1 are NetMQ's own

    private static readonly Lock Gate = new();
    private static Action<int?, Exception>? _died;
    private static bool _isSet;

    /// <summary>Begins to watch. The runtime has one such handler, forever; who is notified can change.</summary>
    /// <param name="died">Told the number of the I/O thread, from 0, or null for another thread of NetMQ. Called on the thread that dies.</param>
    public static void Begin(Action<int?, Exception> died)
    {
        lock (Gate)
        {
            _died = died;
            if (!_isSet)
            {
                ExceptionHandling.SetUnhandledExceptionHandler(Handle);
                _isSet = true;
            }
        }
    }

    /// <summary>Ends the watch.</summary>
    public static void End(Action<int?, Exception> died)
    {
        lock (Gate)
        {
            if (_died == died)
            {
                _died = null;
            }
        }
    }

    /// <summary>Whether an exception comes from the main loop of one of NetMQ's threads.</summary>
    /// <remarks>
    /// Nothing of ours runs there: what NetMQ calls back, monitors above all, runs on the threads that own the sockets. If something of
    /// ours ever did, its exceptions would be bugs of ours, and not what this is for.
    /// </remarks>
    internal static bool IsNetMqThread(string? stackTrace) =>
        stackTrace is not null
        && !stackTrace.Contains(" ZmqExporter.", StringComparison.Ordinal)
        && (stackTrace.Contains("NetMQ.Core.Utils.Proactor.Loop(", StringComparison.Ordinal)
            || stackTrace.Contains("NetMQ.Core.Utils.Poller.Loop(", StringComparison.Ordinal));

    /// <summary>The number of an I/O thread by its name, or null.</summary>
    internal static int? NumberOf(string? threadName) =>
        threadName?.StartsWith(ThreadNamePrefix, StringComparison.Ordinal) == true
        && int.TryParse(threadName.AsSpan(ThreadNamePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number - FirstThread
            : null;

    private static bool Handle(Exception exception)
    {
        if (!IsNetMqThread(exception.StackTrace))
        {
            return false;
        }

        try
        {
            // With nobody to tell, the process ends anyway, and in good order.
            _died?.Invoke(NumberOf(Thread.CurrentThread.Name), exception);
            return true;
        }
#pragma warning disable CA1031 // What is thrown in here has nowhere to go.
        catch (Exception)
        {
            return false; // without a new NetMQ a process that lives would only look well
        }
#pragma warning restore CA1031
    }
}
