using System.Buffers.Binary;
using System.Diagnostics;

namespace ZmqExporter.Benchmarks;

/// <summary>A libzmq XPUB that waits for a subscriber and then sends [topic, number] at a steady rate.</summary>
internal static class FloodPublisher
{
    public const string Argument = "flood-publisher";

    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(500);

    /// <summary>Prints the endpoint, then "sent N" when the flood is over, and stays until it is killed.</summary>
    public static void Run(int rate, int seconds)
    {
        using var socket = new Libzmq(Libzmq.Xpub);
        Console.WriteLine(socket.Bind("tcp://127.0.0.1:*"));
        _ = socket.Receive(new byte[64]);
        var sent = 0UL;
        var start = Stopwatch.GetTimestamp();
        for (var elapsed = 0.0; elapsed < seconds; elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds)
        {
            for (var due = (ulong)(elapsed * rate); sent < due; sent++)
            {
                Send(socket, sent);
            }

            Wait(TimeSpan.FromMilliseconds(1));
        }

        // Apart from the flood, so that it is not dropped and what was before it shows as a gap.
        Wait(Calm);
        Send(socket, sent++);
        Console.WriteLine($"sent {sent}");
        Wait(Timeout.InfiniteTimeSpan);
    }

    private static void Send(Libzmq socket, ulong number)
    {
        Span<byte> frame = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, number);
        socket.SendPart("tick"u8);
        socket.Send(frame);
    }

    private static void Wait(TimeSpan time)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(time);
    }
}
