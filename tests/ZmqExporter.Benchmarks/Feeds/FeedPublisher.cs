using System.Diagnostics;

namespace ZmqExporter.Benchmarks.Feeds;

/// <summary>A libzmq XPUB that waits for a subscriber and then sends [topic, body] at a steady rate.</summary>
internal static class FeedPublisher
{
    public const string Argument = "feed-publisher";

    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(500);

    /// <summary>Prints the endpoint, "subscribed", then "sent N" when the feed is over, and stays until it is killed.</summary>
    public static void Run(string form, int rate, int seconds)
    {
        var writes = FeedForm.All.First(known => known.Name == form);
        using var socket = new Libzmq(Libzmq.Xpub);
        var buffer = new byte[1024];
        Console.WriteLine(socket.Bind("tcp://127.0.0.1:*"));
        _ = socket.Receive(buffer);
        Console.WriteLine("subscribed");
        var sent = 0UL;
        var start = Stopwatch.GetTimestamp();
        for (var elapsed = 0.0; elapsed < seconds; elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds)
        {
            for (var due = (ulong)(elapsed * rate); sent < due; sent++)
            {
                Send(sent);
            }

            Wait(TimeSpan.FromMilliseconds(1));
        }

        // Apart from the others, so that it is not dropped and what was before it shows as a gap.
        Wait(Calm);
        Send(sent++);
        Console.WriteLine($"sent {sent}");
        Wait(Timeout.InfiniteTimeSpan);

        void Send(ulong number)
        {
            socket.SendPart("trade"u8);
            socket.Send(buffer.AsSpan(0, writes.Write(buffer, number, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())));
        }
    }

    private static void Wait(TimeSpan time)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(time);
    }
}
