using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Reads the numbers of a heartbeat's details, each by its own name. Immutable and thread-safe.</summary>
/// <param name="details">Where the details are, counted from the protocol's id.</param>
internal sealed class HeartbeatEntry(int details) : IValueEntry
{
    /// <summary>For replies.</summary>
    public static HeartbeatEntry OfReply { get; } = new(HeartbeatProtocol.ReplyDetails);

    /// <summary>For beats.</summary>
    public static HeartbeatEntry OfBeat { get; } = new(HeartbeatProtocol.BeatDetails);

    /// <inheritdoc />
    public ValueConfig Value => HeartbeatConfig.Numbers;

    /// <inheritdoc />
    /// <remarks>A heartbeat without details has no numbers, and that is right.</remarks>
    public bool Read(ZmtpMessage message, ValueBuffers buffers, ValueReading reading)
    {
        var read = Details(message);
        var start = reading.Samples.Count;
        var room = Value.MaxSeries;
        foreach (var (name, number) in read.Numbers)
        {
            reading.Add(new ValueSample(Value, [name], number), ref room);
        }

        reading.AddDropped(read.Dropped);
        reading.Lists.Add(new MessageList(Value, [""], start, reading.Samples.Count - start, IsThere: read.Problem is null));
        return read.Problem is null;
    }

    /// <inheritdoc />
    public string Explain(ZmtpMessage message, string? itemProblem, ValueBuffers buffers) =>
        FormattableString.Invariant($"these are the details, frame {HeartbeatProtocol.Start(message) + details}{Details(message).Problem}");

    private HeartbeatDetails Details(ZmtpMessage message)
    {
        var at = HeartbeatProtocol.Start(message) + details;
        return at >= details && at < message.FrameCount ? HeartbeatDetails.Read(message[at]) : HeartbeatDetails.None;
    }
}
