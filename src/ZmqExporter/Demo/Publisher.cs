using System.Globalization;
using NetMQ;
using NetMQ.Sockets;

namespace ZmqExporter.Demo;

/// <summary>Publishes a message each second, with its number and the time.</summary>
internal class Publisher(string name, TextWriter error) : DemoServer(name, error)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public sealed override string Module => "ticks";

    /// <inheritdoc />
    public override string State => "up";

    /// <inheritdoc />
    public override string LookAt => "a message each second, none is lost (\"Subscription\")";

    /// <summary>Whether the message with this number is sent.</summary>
    protected virtual bool Sends(long number) => true;

    /// <inheritdoc />
    protected sealed override void Serve()
    {
        using var socket = Bind(new PublisherSocket());
        for (var number = 0L; !Stopping; number++)
        {
            if (Sends(number))
            {
                socket.SendMoreFrame("tick")
                    .SendMoreFrame(number.ToString(CultureInfo.InvariantCulture))
                    .SendFrame(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
            }

            Wait(Period);
        }
    }
}

/// <summary>Loses each fifth message: its number is never sent.</summary>
internal sealed class LossyPublisher(string name, TextWriter error) : Publisher(name, error)
{
    private const int LostOne = 5;

    /// <inheritdoc />
    public override string LookAt => "messages lost: each fifth number never comes";

    /// <inheritdoc />
    protected override bool Sends(long number) => number % LostOne != LostOne - 1;
}

/// <summary>Stops after some messages, as one whose own source has dried up.</summary>
internal sealed class SilentPublisher(string name, TextWriter error) : Publisher(name, error)
{
    private const long Last = 10;

    /// <inheritdoc />
    public override string State => "down";

    /// <inheritdoc />
    public override string LookAt => "its messages stopped, while the connection stands";

    /// <inheritdoc />
    protected override bool Sends(long number) => number < Last;
}
