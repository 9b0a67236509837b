using System.Diagnostics;
using NetMQ;
using NetMQ.Sockets;

namespace ZmqExporter.Demo;

/// <summary>Answers for a while, then is gone for a while, forever.</summary>
internal sealed class FlappingServer(string name, TimeSpan present, TimeSpan gone, TextWriter error) : DemoServer(name, error)
{
    /// <inheritdoc />
    public override string State => "up, down";

    /// <inheritdoc />
    public override string LookAt => $"in turns ({present.TotalSeconds:0} s, {gone.TotalSeconds:0} s); \"flapping\" after two minutes";

    /// <inheritdoc />
    protected override void Serve()
    {
        while (!Stopping)
        {
            using (var socket = BindWhenFree())
            {
                var since = Stopwatch.GetTimestamp();
                while (socket is not null && !Stopping && Stopwatch.GetElapsedTime(since) < present)
                {
                    AnswerOne(socket, TimeSpan.Zero);
                }
            }

            Wait(gone);
        }
    }

    /// <summary>NetMQ closes a listener in the background: the port may not be free at once. Null at the end.</summary>
    private ResponseSocket? BindWhenFree()
    {
        while (!Stopping)
        {
            try
            {
                return Bind();
            }
            catch (AddressAlreadyInUseException)
            {
                Wait(PollInterval);
            }
        }

        return null;
    }
}
