using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.NetMqWorker;

/// <summary>
/// What goes to the exporter: frames are collected, and written together. Where the exporter reads slowly, writing waits, so that NetMQ's
/// high-water marks and TCP hold the servers back. Belongs to the thread of the loop, but for <see cref="Die"/>.
/// </summary>
/// <param name="stream">The pipe.</param>
#pragma warning disable CA1001 // It lives as long as the process.
internal sealed class WorkerOutput(Stream stream)
#pragma warning restore CA1001
{
    private const int Much = 64 << 10;

    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(1);

    // What several servers send shows in one death: where they are tried, all that were probed within a while.
    private static readonly TimeSpan LastMoments = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LastMomentsOfTrial = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly FrameBuffer _frames = new();
    private readonly ManualResetEventSlim _never = new();
    private volatile bool _isDying;

    /// <summary>Whether each server is alone on its thread here, so that others do not suffer from a longer death.</summary>
    public bool IsTrial { get; init; }

    /// <summary>Begins a frame.</summary>
    public FrameBuffer Begin(FrameKind kind, uint connection)
    {
        if (_frames.Count >= Much)
        {
            Flush();
        }

        return _frames.Begin(kind, connection);
    }

    /// <summary>Adds a frame that tells the end of a connection: why, unless NetMQ does not explain that, and whether a message did not go out for it.</summary>
    public void Lost(uint connection, ZmtpError? error, bool isUnsent = false) => Begin(FrameKind.Lost, connection)
        .Add(isUnsent).Add(error is not null).Add(error?.Code ?? default).Text(error?.Message ?? "").Add(error is { IsMessageSize: true }).End();

    /// <summary>Writes them.</summary>
    /// <exception cref="IOException">The exporter is gone.</exception>
    public void Flush()
    {
        if (_frames.Count > 0)
        {
            if (_isDying)
            {
                _never.Wait(); // a silence now may be that of a dead thread, and proves nothing
            }

            lock (_lock)
            {
                stream.Write(_frames.Written);
            }

            _frames.Clear();
        }
    }

    /// <summary>Says at once that one of NetMQ's threads has died, and waits for others. Thread-safe.</summary>
    public void Die(int thread, string why)
    {
        _isDying = true;
        var frame = new FrameBuffer();
        frame.Begin(FrameKind.Dead, 0).Add(thread).Text(why).End();
        if (_lock.TryEnter(LastWord))
        {
            try
            {
                stream.Write(frame.Written);
            }
            catch (IOException)
            {
                // Nobody listens any more.
            }
            finally
            {
                _lock.Exit();
            }
        }

        _never.Wait(IsTrial ? LastMomentsOfTrial : LastMoments);
    }
}
