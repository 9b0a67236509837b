using Zmtp;

namespace ZmqExporter.EndToEndTests.Matrix;

/// <summary>Every socket type against NetMQ, with what NetMQ has: NULL and CURVE, over TCP.</summary>
public sealed class NetMqMatrixTests(NetMqMatrixTests.Setup setup) : IClassFixture<NetMqMatrixTests.Setup>
{
    private static readonly Dictionary<string, Combination> All =
        Combinations.Of(["null", "curve"], ["tcp4", "tcp6"])
            .Where(combination => combination.Server != SocketType.Push) // it has a test of its own: see GiverTests
            .ToDictionary(combination => combination.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Serve_Combination_IsUpAndSaysWhoThePeerIs(string name) =>
        await Combinations.AssertUpAsync(await setup.ExporterAsync(), All[name], "3.0");

    [Fact]
    public async Task Serve_Matrix_LacksNoCombination()
    {
        const int Types = 11;
        const int TypesThatAnswerOrPublish = 3;
        const int Mechanisms = 2;
        const int Transports = 2;
        const int Refused = Mechanisms * Transports; // PUSH servers

        Assert.Equal(((Types + TypesThatAnswerOrPublish) * Mechanisms * Transports) - Refused, All.Count);
        var samples = await (await setup.ExporterAsync()).ScrapeAsync();
        Assert.Equal(All.Keys.Order(StringComparer.Ordinal), samples.Find("zmq_target_info").Select(sample => sample.Labels["target"]).Order(StringComparer.Ordinal));
    }

    /// <summary>The servers and the exporter that probes them.</summary>
    public sealed class Setup : MatrixSetup
    {
        private protected override async Task<ExporterProcess> StartAsync()
        {
            var servers = Own(await NetMqServers.StartAsync(All.Values));
            return await ExporterProcess.StartAsync(Combinations.Config(
                All.Values.Select(target => target.At(servers[target], Credentials.Right(target.Mechanism)))));
        }
    }
}
