using System.Globalization;
using System.Text;
using NetMQ;
using NetMQ.Sockets;

namespace Example;

/// <summary>Heartbeats (ZHB1) for NetMQ: call <see cref="Answer"/> from the loop that does the work. Run alone: <c>Heartbeat.Run("tcp://*:5556")</c>.</summary>
internal static class Heartbeat
{
    private static readonly string Instance = Guid.NewGuid().ToString("N");
    private static readonly long Started = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Makes a request its reply; false for what is no heartbeat request.</summary>
    public static bool Answer(NetMQMessage message, string status, string numbers)
    {
        var frames = message.ToList();
        var id = frames.FindIndex(frame => frame.ToByteArray().AsSpan().SequenceEqual("ZHB1"u8));
        if (id < 0 || id + 1 >= frames.Count)
        {
            return false; // the token
        }

        var service = id + 2 < frames.Count ? frames[id + 2].ConvertToString(Encoding.UTF8) : "";
        frames.Skip(id + 2).ToList().ForEach(frame => message.RemoveFrame(frame));
        message.Append(service is "" or "echo" ? status : "UNKNOWN");
        message.Append(Instance);
        message.Append(string.Create(CultureInfo.InvariantCulture, $$"""{"start_time": {{Started}}, "version": "1.0", {{numbers}}}"""));
        return true;
    }

    public static void Run(string endpoint)
    {
        using var socket = new RouterSocket();
        socket.Bind(endpoint);
        while (true)
        {
            var message = socket.ReceiveMultipartMessage();
            if (Answer(message, "SERVING", "\"queue_depth\": 0"))
            {
                socket.SendMultipartMessage(message);
            }
        }
    }
}
