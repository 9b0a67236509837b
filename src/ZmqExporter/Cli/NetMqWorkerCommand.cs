using System.CommandLine;
using ZmqExporter.NetMqWorker;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter netmq-worker</c>, which the exporter starts itself.</summary>
internal static class NetMqWorkerCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("netmq-worker", "Run NetMQ for the exporter that starts this process") { Hidden = true };
        command.SetAction(static _ => WorkerProgram.Run());
        return command;
    }
}
