using NetMQ;

namespace ZmqExporter.Demo;

/// <summary>Takes requests and never answers: its I/O thread lives, its application does not.</summary>
internal sealed class HungServer(string name, TextWriter error) : DemoServer(name, error)
{
    /// <inheritdoc />
    public override string State => "down";

    /// <inheritdoc />
    public override string LookAt => "reachable, not responsive: the process lives, its application does not";

    /// <inheritdoc />
    protected override void Serve()
    {
        using var socket = Bind();
        NetMQMessage? request = null;
        while (!Stopping && !socket.TryReceiveMultipartMessage(PollInterval, ref request))
        {
            // Nobody has asked yet.
        }

        while (!Stopping)
        {
            Wait(PollInterval);
        }
    }
}
