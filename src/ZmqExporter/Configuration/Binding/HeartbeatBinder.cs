using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Heartbeat;
using Zmtp;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>heartbeat</c>: a prober that speaks the protocol of docs/protocol/heartbeat.md.</summary>
internal static class HeartbeatBinder
{
    private const string Remedy = "write the name of the service, or heartbeat: {} for the server as a whole";

    /// <summary>Its keys.</summary>
    public static KeyTable Keys { get; } = new("modules.*.heartbeat", ["service"]);

    /// <summary>The topics of a feed.</summary>
    public static EquatableArray<EquatableArray<byte>> Topics { get; } = [[.. HeartbeatProtocol.Id]];

    /// <summary>Reads it; null when it is not there, or after an error.</summary>
    /// <param name="chain">The module.</param>
    /// <param name="said">The keys for what the protocol says itself.</param>
    public static HeartbeatConfig? Read(ModuleChain chain, ImmutableArray<string> said)
    {
        if (chain.Find("heartbeat") is not { } value || Section.Open(value, Keys) is not { } section)
        {
            return null;
        }

        foreach (var key in chain.Sections[0].FindAll(said))
        {
            key.Error("cannot stand beside heartbeat: the protocol says it itself", "remove it, or heartbeat");
        }

        if (chain.Sections.Skip(1).SelectMany(one => one.FindAll(said)).FirstOrDefault() is { } inherited)
        {
            value.Error(
                $"the protocol says itself what the module that this one extends has as {inherited.Path[(inherited.Path.LastIndexOf('.') + 1)..]}",
                "extend heartbeat, heartbeat_service or heartbeat_feed, or nothing");
        }

        if (section.Find("service") is not { } service)
        {
            return new HeartbeatConfig();
        }

        if (service.ReadText(Remedy) is not { } name)
        {
            return null;
        }

        var length = Encoding.UTF8.GetByteCount(name);
        if (length is 0 or > HeartbeatProtocol.MaxService)
        {
            service.Error(string.Create(CultureInfo.InvariantCulture, $"has {length} bytes, and a service's name has 1 to {HeartbeatProtocol.MaxService}"), Remedy);
            return null;
        }

        return new HeartbeatConfig(name);
    }

    /// <summary>The request and what its reply must be.</summary>
    /// <param name="heartbeat">Which service is meant.</param>
    /// <param name="socket">A DEALER sends the empty delimiter itself, so that a REP takes the message, too.</param>
    /// <param name="expect">Further conditions on the reply.</param>
    public static RequestStepConfig StepOf(HeartbeatConfig heartbeat, SocketType socket, IEnumerable<ExpectConfig> expect)
    {
        string[] service = heartbeat.Service.Length == 0 ? [] : [heartbeat.Service];
        string[] delimiter = socket == SocketType.Dealer ? [""] : [];

        // The name goes as it is, also one with braces.
        FrameConfig[] frames =
        [
            .. delimiter.Select(text => new FrameConfig(text, [])),
            new FrameConfig(HeartbeatProtocol.Name, []),
            new FrameConfig(Placeholders.Token, []),
            .. service.Select(name => new FrameConfig(Text: null, [.. Encoding.UTF8.GetBytes(name)])),
        ];
        return new RequestStepConfig([.. frames], [new ExpectConfig.Heartbeat(heartbeat.Service, IsBeat: false), .. expect]);
    }
}
