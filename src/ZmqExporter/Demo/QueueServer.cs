using System.Globalization;
using NetMQ;

namespace ZmqExporter.Demo;

/// <summary>Answers with the depth of a queue that fills and empties within a minute.</summary>
internal sealed class QueueServer(string name, TextWriter error) : DemoServer(name, error)
{
    private const double Mean = 50;
    private const double Swing = 45;
    private const double PeriodSeconds = 60;

    /// <inheritdoc />
    public override string Module => "queue";

    /// <inheritdoc />
    public override string State => "up";

    /// <inheritdoc />
    public override string LookAt => "demo_queue_depth, a number of its reply (\"Values\")";

    /// <inheritdoc />
    protected override void Serve()
    {
        using var socket = Bind();
        while (!Stopping)
        {
            AnswerOne(socket, TimeSpan.Zero);
        }
    }

    /// <inheritdoc />
    protected override string AnswerTo(NetMQMessage request)
    {
        var angle = Math.Tau * TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000 / PeriodSeconds;
        return string.Create(CultureInfo.InvariantCulture, $$"""{"queue": {"depth": {{Math.Round(Mean + (Swing * Math.Sin(angle)))}} } }""");
    }
}
