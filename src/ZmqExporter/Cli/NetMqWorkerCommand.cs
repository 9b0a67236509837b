using System.CommandLine;
using ZmqExporter.NetMqWorker;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter netmq-worker</c>, which the exporter starts itself.</summary>
internal static class NetMqWorkerCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var ioThreads = new Argument<int>("io-threads");
        var connections = new Argument<int>("connections");
        var command = new Command("netmq-worker", "Run NetMQ for the exporter that starts this process") { ioThreads, connections };
        command.Hidden = true;
        command.SetAction(parsed => WorkerProgram.Run(parsed.GetValue(ioThreads), parsed.GetValue(connections)));
        return command;
    }
}
