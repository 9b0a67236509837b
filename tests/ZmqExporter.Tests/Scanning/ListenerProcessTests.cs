using ZmqExporter.Scanning;

namespace ZmqExporter.Tests.Scanning;

public sealed class ListenerProcessTests
{
    [Theory]
    [InlineData("nginx", "nginx: master process /usr/sbin/nginx", "nginx")]
    [InlineData("python3", "/usr/bin/python3|-u|/opt/shop/orders.py|--port|1", "orders")]
    [InlineData("python3.11", "python3|-m|ipykernel_launcher|-f|/run/kernel.json", "ipykernel_launcher")]
    [InlineData("python3", "python3|-c|import zmq", "python3")]
    [InlineData("java", "java|-Xmx1g|-jar|/opt/broker.jar", "broker")]
    [InlineData("salt-master", "/usr/bin/python3 /usr/bin/salt-master -d", "salt-master")]
    [InlineData("orders", "", "orders")]
    public void Name_OfAProcess_IsWhatPeopleCallIt(string command, string line, string expected) => Assert.Equal(expected, Process(command, line).Name);

    [Theory]
    [InlineData("python3", "/usr/bin/python3 /usr/bin/salt-master -d MWorker", "salt-master", true)]
    [InlineData("bitcoind", "bitcoind|-daemon", "bitcoind", true)]
    [InlineData("VLLM::EngineCor", "VLLM::EngineCore", "vllm", true)]
    [InlineData("pushpin-handler", "pushpin-handler", "pushpin", true)]
    [InlineData("bitcoindx", "bitcoindx", "bitcoind", false)]
    [InlineData("python3", "python3|/opt/a.py|b|c|d|e|f|salt-master", "salt-master", false)]
    [InlineData("python3", "python3|/opt/a.py|--upstream|malamute:9999", "malamute", false)]
    [InlineData("python3", "/usr/bin/python3|-u|/usr/bin/malamute|x", "malamute", true)]
    public void Runs_Program_GoesByNameOrScript(string command, string line, string program, bool expected) => Assert.Equal(expected, Process(command, line).Runs(program));

    [Theory]
    [InlineData("zmq_exporter", "zmq_exporter|serve", true)]
    [InlineData("dotnet", "dotnet|/opt/zmq_exporter.dll|--config.file=x", true)]
    [InlineData("zmq_exporter", "/usr/bin/zmq_exporter|demo", false)]
    [InlineData("python3", "python3|client.py|zmq_exporter", false)]
    public void IsExporter_Process_IsOneThatServes(string command, string line, bool expected) => Assert.Equal(expected, Process(command, line).IsExporter);

    private static ListenerProcess Process(string command, string line) => new(1, command, [.. line.Split('|', StringSplitOptions.RemoveEmptyEntries)]);
}
