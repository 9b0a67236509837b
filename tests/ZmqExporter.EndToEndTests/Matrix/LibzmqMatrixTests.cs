namespace ZmqExporter.EndToEndTests.Matrix;

/// <summary>Every socket type, mechanism and transport against real libzmq: one exporter probes them all.</summary>
public sealed class LibzmqMatrixTests(LibzmqMatrixTests.Setup setup) : IClassFixture<LibzmqMatrixTests.Setup>
{
    private static readonly Dictionary<string, Combination> All =
        Combinations.Of(Combinations.Mechanisms, Combinations.Transports).ToDictionary(combination => combination.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Serve_Combination_IsUpAndSaysWhoThePeerIs(string name) =>
        await Combinations.AssertUpAsync(await setup.ExporterAsync(), All[name], "3.1");

    [Fact]
    public async Task Serve_Matrix_LacksNoCombination()
    {
        const int Types = 11;
        const int TypesThatAnswerOrPublish = 3;
        const int Mechanisms = 3;
        const int Transports = 4;
        const int Refused = (Mechanisms - 1) * Transports; // PUSH servers, but for NULL

        Assert.Equal(((Types + TypesThatAnswerOrPublish) * Mechanisms * Transports) - Refused, All.Count);
        var samples = await (await setup.ExporterAsync()).ScrapeAsync();
        Assert.Equal(All.Keys.Order(StringComparer.Ordinal), samples.Find("zmq_target_info").Select(sample => sample.Labels["target"]).Order(StringComparer.Ordinal));
    }

    /// <summary>The servers and the exporter that probes them.</summary>
    public sealed class Setup : MatrixSetup
    {
        private protected override async Task<ExporterProcess> StartAsync()
        {
            var servers = Own(new LibzmqServers());
            await servers.InitializeAsync();
            return await ExporterProcess.StartAsync(Combinations.Config(
                All.Values.Select(target => target.At(servers[target], Credentials.Right(target.Mechanism)))));
        }
    }
}
