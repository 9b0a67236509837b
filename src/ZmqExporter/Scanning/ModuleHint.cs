using System.Collections.Immutable;

namespace ZmqExporter.Scanning;

/// <summary>When a built-in module fits a socket. Immutable.</summary>
/// <param name="Module">The module.</param>
/// <param name="What">Whose socket it is for, in words that fit after "if it is".</param>
/// <param name="Programs">The names of the programs that have such a socket.</param>
/// <param name="Ports">The usual ports.</param>
/// <param name="SocketTypes">The types that such a socket has.</param>
internal sealed record ModuleHint(string Module, string What, ImmutableArray<string> Programs, ImmutableArray<int> Ports, ImmutableArray<string> SocketTypes)
{
    /// <summary>All of them, as the headers of the modules say.</summary>
    public static ImmutableArray<ModuleHint> All { get; } =
    [
        new("saltstack_ping", "a SaltStack master", ["salt-master"], [4506], ["ROUTER"]),
        new("bitcoin_core_blocks", "Bitcoin Core with zmqpubhashblock", ["bitcoind", "bitcoin-qt"], [28332], ["PUB"]),
        new("bitcoin_core_sequence", "Bitcoin Core with zmqpubsequence", ["bitcoind", "bitcoin-qt"], [28332], ["PUB"]),
        new("monero_rpc", "Monero's RPC", ["monerod"], [18082, 28082, 38082], ["REP", "ROUTER"]),
        new("monero_blocks", "Monero's feed of blocks", ["monerod"], [18083], ["PUB", "XPUB"]),
        new("circus_numwatchers", "circusd's endpoint", ["circusd"], [5555], ["ROUTER"]),
        new("circus_stats", "circus' statistics", ["circusd", "circusd-stats"], [5557], ["PUB"]),
        new("ffmpeg_filter", "an ffmpeg with the filter zmq or azmq", ["ffmpeg"], [5555], ["REP"]),
        new("locust_master", "a Locust master", ["locust"], [5557], ["ROUTER"]),
        new("malamute", "a Malamute broker", ["malamute"], [9999], ["ROUTER"]),
        new("pushpin_command", "Pushpin's command_spec", ["pushpin", "pushpin-handler"], [5563], ["REP"]),
        new("vllm_kv_events", "vLLM's feed of KV cache events", ["vllm"], [5557], ["PUB"]),
        new("vllm_kv_replay", "vLLM's replay of KV cache events", ["vllm"], [5558], ["ROUTER"]),
        new("volttron_ping", "a VOLTTRON router", ["volttron"], [22916], ["ROUTER"]),
        new("zerorpc_ping", "a zerorpc server", ["zerorpc"], [4242], ["ROUTER"]),
        new("mongrel2_control", "Mongrel2's control port", ["mongrel2"], [], ["REP", "ROUTER"]),
    ];

    /// <summary>Whether the port is the usual one.</summary>
    public bool IsUsualPort(int port) => Ports.Contains(port);

    /// <summary>Whether one of the processes is such a program.</summary>
    public bool IsProgram(ImmutableArray<ListenerProcess> owners) => owners.Any(owner => Programs.Any(owner.Runs));
}
