using System.Globalization;
using NetMQ;
using NetMQ.Sockets;

namespace ZmqExporter.Demo;

/// <summary>Publishes a message each second, with its number and the time.</summary>
internal sealed class Publisher(string name, TextWriter error) : DemoServer(name, error)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public override string Module => "ticks";

    /// <inheritdoc />
    public override string Behaviour => "publishes a tick each second";

    /// <inheritdoc />
    public override string Expectation => "up: reachable and ready, and no message lost";

    /// <inheritdoc />
    protected override void Serve()
    {
        using var socket = Bind(new PublisherSocket());
        for (var number = 0L; !Stopping; number++)
        {
            socket.SendMoreFrame("tick")
                .SendMoreFrame(number.ToString(CultureInfo.InvariantCulture))
                .SendFrame(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
            Wait(Period);
        }
    }
}
