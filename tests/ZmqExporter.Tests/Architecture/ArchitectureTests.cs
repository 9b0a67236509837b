namespace ZmqExporter.Tests.Architecture;

public sealed class ArchitectureTests
{
    // From the ground up. Data goes config → targets → scheduler → prober → result → target record → snapshot → /metrics and pages;
    // a part that stands in no line here, or needs more than its line says, fails the test.
    private static readonly Layer[] Layers =
    [
        new("Zmtp"),
        new("Logging"),
        new("Background"),
        new("Embedding"), // files that are part of the executable
        new("Modules", "Embedding"),
        new("Content", "Zmtp", "Newtonsoft.Json", "MessagePack"), // where in a message something is
        new("Heartbeat", "Content", "Zmtp"), // the protocol of docs/protocol/heartbeat.md: pure reading
        new("Configuration", "Content", "Zmtp"),
        new("Configuration.Reading", "Configuration", "YamlDotNet"),
        new("Configuration.Binding", "Configuration.Reading", "Configuration", "Heartbeat", "Content", "Modules", "Zmtp", "MessagePack"),
        new("Configuration.Web", "Configuration"), // what a file for --web.config.file says
        new("Configuration.WebBinding", "Configuration.Web", "Configuration.Reading", "Configuration"),
        new(
            "Configuration.Loading", // what others see of reading and binding
            "Configuration.Binding", "Configuration.WebBinding", "Configuration.Web", "Configuration.Reading", "Configuration"),
        new("Messaging", "Zmtp"),
        new("Messaging.Zmtp", "Messaging", "Zmtp"),
        new("Messaging.NetMq.Framing", "Zmtp"),
        new("Messaging.NetMq", "Messaging.NetMq.Framing", "Messaging", "Zmtp"),
        new("Conformance", "Messaging", "Heartbeat", "Zmtp"), // the protocol's rules, against anyone's server
        new("Limits", "Configuration", "Zmtp"),
        new("Probing", "Messaging", "Configuration", "Heartbeat", "Content", "Zmtp"),
        new("Teaching", "Content", "Configuration"), // from messages to proposals for a module; pure
        new("Scanning", "Teaching", "Configuration", "Zmtp"), // finds ZeroMQ servers by greeting alone
        new("Probing.OneShot", "Teaching", "Probing", "Configuration", "Zmtp"),
        new("Policy", "Probing", "Configuration", "Zmtp"),
        new("Targets.History", "Policy", "Probing", "Configuration", "Zmtp"),
        new("Targets", "Targets.History", "Policy", "Probing", "Configuration", "Heartbeat", "Zmtp"),
        new("Metrics.Exposition", "Targets", "Targets.History", "Configuration"),
        new("Metrics.Catalog", "Metrics.Exposition", "Targets", "Policy", "Probing", "Configuration", "Zmtp"),
        new("Metrics", "Metrics.Catalog", "Metrics.Exposition", "Targets", "Limits", "Configuration", "Prometheus"),
        new("Scheduling", "Background", "Metrics", "Targets", "Policy", "Probing", "Limits", "Configuration", "Zmtp"),
        new("Persistence", "Background", "Heartbeat", "Metrics", "Targets", "Targets.History", "Probing", "Configuration"),
        new("Reloading", "Background", "Metrics", "Targets", "Configuration"),
        new("Discovery", "Background", "Metrics", "Targets", "Configuration.Loading", "Configuration", "Zmtp"),
        new("OnDemand", "Metrics.Catalog", "Metrics.Exposition", "Probing.OneShot", "Probing", "Configuration", "Zmtp"),
        new("Http", "OnDemand", "Targets", "Metrics", "Metrics.Exposition", "Limits", "Configuration", "Zmtp"),
        new("Board", "Targets", "Policy", "Configuration", "Zmtp"),
        new(
            "Http.Api",
            "Http", "Board", "Targets", "Targets.History", "Policy", "Probing", "Configuration", "Embedding", "Zmtp"),
        new(
            "Http.Pages",
            "Http.Api", "Http", "Board", "OnDemand", "Targets", "Targets.History", "Metrics", "Policy", "Probing", "Configuration", "Content", "Embedding", "Zmtp", "RazorSlices", "Markdig"),
        new("Http.Protection", "Http", "Configuration.Web", "Configuration", "Zmtp", "BCrypt"),
        new("Supervision", "Reloading", "Scheduling", "Targets", "Zmtp"), // tells systemd
        new("Listening", "Metrics", "Probing", "Configuration", "Zmtp"), // takes what servers push
        new(
            DependencyGraph.Root,
            "Supervision", "Listening", "Reloading", "Discovery", "Persistence", "Http", "Http.Api", "Http.Pages", "Http.Protection", "Board", "OnDemand", "Configuration.Web", "Scheduling", "Metrics", "Probing", "Limits", "Targets", "Messaging.Zmtp", "Messaging.NetMq", "Configuration.Loading", "Configuration",
            "Logging", "Zmtp"),
        new("NetMqWorker", "Messaging.NetMq.Framing", "Zmtp", "NetMQ"),
        new("Demo", "NetMQ"),
        new("Mixin", "Configuration.Reading", "Configuration", "Embedding"), // rules and dashboards with parameters; texts in, texts out
        new("Cli.Watch", "Http.Api", "Policy", "Configuration", "Zmtp", "Spectre.Console"),
        new(
            "Cli",
            DependencyGraph.Root, "Cli.Watch", "NetMqWorker", "Demo", "Mixin", "Conformance", "Discovery", "Http", "Probing", "Probing.OneShot", "Teaching", "Scanning", "Messaging.Zmtp", "Messaging.NetMq", "Limits", "Configuration.Loading", "Configuration.Web", "Configuration", "Modules",
            "Logging", "Zmtp", "System.CommandLine", "Spectre.Console"),
    ];

    // The same inside of the ZMTP library: its top is what all of it speaks of.
    private static readonly Layer[] ZmtpLayers =
    [
        new("Zmtp"),
        new("Zmtp.Timing"),
        new("Zmtp.Endpoints"),
        new("Zmtp.Limits", "Zmtp", "Zmtp.Timing"),
        new("Zmtp.Wire", "Zmtp", "Zmtp.Limits"),
        new("Zmtp.Security", "Zmtp", "Zmtp.Wire"),
        new("Zmtp.Sockets", "Zmtp", "Zmtp.Timing", "Zmtp.Limits"),
        new("Zmtp.Sessions", "Zmtp", "Zmtp.Timing", "Zmtp.Limits", "Zmtp.Wire", "Zmtp.Security", "Zmtp.Sockets"),
        new("Zmtp.Connecting", "Zmtp", "Zmtp.Timing", "Zmtp.Limits", "Zmtp.Endpoints", "Zmtp.Sockets"),
        new("Zmtp.Looking", "Zmtp", "Zmtp.Timing", "Zmtp.Wire", "Zmtp.Security", "Zmtp.Sockets", "Zmtp.Sessions"),
        new("Zmtp.Listening", "Zmtp", "Zmtp.Timing", "Zmtp.Limits", "Zmtp.Endpoints", "Zmtp.Wire", "Zmtp.Security", "Zmtp.Sockets", "Zmtp.Sessions"),
        new(
            "Zmtp.Connections",
            "Zmtp", "Zmtp.Timing", "Zmtp.Limits", "Zmtp.Endpoints", "Zmtp.Wire", "Zmtp.Security", "Zmtp.Sockets", "Zmtp.Sessions", "Zmtp.Connecting"),
    ];

    [Theory]
    [InlineData("Zmtp.Connections", "Zmtp.Sessions")]
    [InlineData("Zmtp.Sessions", "Zmtp.Security")]
    [InlineData("Zmtp.Wire", "Zmtp")]
    public void ZmtpGraph_DependencyThatExists_IsSeen(string from, string to) =>
        Assert.Contains(DependencyGraph.ZmtpDependencies, dependency => dependency.From == from && dependency.To == to);

    [Fact]
    public void ZmtpParts_EachOne_NeedsOnlyWhatItsLayerMay()
    {
        var violations = LayerRules.Violations(ZmtpLayers, DependencyGraph.ZmtpParts, [], DependencyGraph.ZmtpDependencies);

        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    [Fact]
    public void Parts_EachOne_NeedsOnlyWhatItsLayerMay()
    {
        var violations = LayerRules.Violations(Layers, DependencyGraph.Parts, DependencyGraph.Libraries, DependencyGraph.Dependencies);

        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    // The rule above is only worth something if the graph sees the dependencies that do exist.
    [Theory]
    [InlineData("Demo", "NetMQ")]
    [InlineData("NetMqWorker", "NetMQ")]
    [InlineData("NetMqWorker", "Messaging.NetMq.Framing")]
    [InlineData("Configuration.Reading", "YamlDotNet")]
    [InlineData("Configuration.Loading", "Configuration.Binding")]
    [InlineData("Metrics", "Prometheus")]
    [InlineData("Metrics.Catalog", "Metrics.Exposition")]
    [InlineData("Cli", "System.CommandLine")]
    [InlineData("Http.Pages", "RazorSlices")]
    [InlineData("Cli", "Demo")]
    [InlineData("Policy", "Probing")]
    [InlineData("Configuration", "Zmtp")]
    public void Graph_DependencyThatExists_IsSeen(string from, string to) =>
        Assert.Contains(DependencyGraph.Dependencies, dependency => dependency.From == from && dependency.To == to);

    [Theory]
    [InlineData("ZmqExporter.ExporterHost", "Configuration")] // only in the body of an async method
    [InlineData("ZmqExporter.Cli.ServeCommand", DependencyGraph.Root)] // only in a lambda
    public void Graph_DependencyInsideABody_IsSeen(string type, string to) =>
        Assert.Contains(DependencyGraph.Dependencies, dependency => dependency.Type == type && dependency.To == to);

    // The web SDK's top-level program is public, so that tests of other people's programs can name it.
    [Fact]
    public void Types_OfTheProgram_AreInternal() =>
        Assert.Equal("Program", Assert.Single(typeof(ExporterApplication).Assembly.GetExportedTypes()).FullName);

    [Fact]
    public void Classes_WithoutHeirs_AreSealed()
    {
        var types = typeof(ExporterApplication).Assembly.GetTypes();
        var parents = types.Select(Parent).ToHashSet();
        var classes = types
            .Where(type => type.IsClass && !type.IsAbstract && type.Namespace?.StartsWith("ZmqExporter", StringComparison.Ordinal) == true)
            .ToArray();

        Assert.NotEmpty(classes);
        Assert.DoesNotContain(classes, type => !type.IsSealed && !parents.Contains(type));
    }

    private static Type? Parent(Type type) => type.BaseType is { IsGenericType: true } generic ? generic.GetGenericTypeDefinition() : type.BaseType;
}
