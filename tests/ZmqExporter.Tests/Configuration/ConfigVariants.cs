using System.Collections.Immutable;
using ZmqExporter.Content;

namespace ZmqExporter.Tests.Configuration;

/// <summary>Two ways to write a module that differ in one key.</summary>
/// <param name="Place">The key's table.</param>
/// <param name="Key">The key.</param>
/// <param name="Before">The module's keys.</param>
/// <param name="After">The same with another value of the key, or without it.</param>
internal sealed record ModuleChange(string Place, string Key, string Before, string After);

/// <summary>Values of every key of a config, each of them another config.</summary>
internal static class ConfigVariants
{
    /// <summary>Values of each setting that fit together however they are mixed; the last one is kept for the change.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Settings { get; } = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal)
    {
        ["interval"] = ["20s", "30s", "40s"],
        ["timeout"] = ["3s", "4s", "4500ms"],
        ["client"] = ["zmtp", "netmq"],
        ["max_connection_age"] = ["0", "5m", "10m"],
        ["buckets"] = ["[0.001, 0.7]", "[0.01, 1]", "[0.02, 0.03]"],
        ["policy.late_after"] = ["100ms", "200ms", "300ms"],
        ["policy.degraded_after"] = ["3", "4", "5"],
        ["policy.down_after"] = ["4", "5", "6"],
        ["policy.up_after"] = ["3", "4", "5"],
        ["policy.suspect_interval"] = ["5s", "6s", "7s"],
        ["policy.down_interval"] = ["1m", "2m", "3m"],
        ["policy.objective"] = ["0.9", "0.95", "0.99"],
        ["policy.flapping.changes"] = ["5", "6", "7"],
        ["policy.flapping.window"] = ["10m", "20m", "40m"],
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Files that the modules name.</summary>
    public static Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal)
    {
        ["/etc/zmq/one.txt"] = "password one",
        ["/etc/zmq/two.txt"] = "password two",
        ["/etc/zmq/public.txt"] = PublicKeys[0],
        ["/etc/zmq/other_public.txt"] = PublicKeys[1],
        ["/etc/zmq/secret.txt"] = SecretKeys[0],
        ["/etc/zmq/other_secret.txt"] = SecretKeys[1],
    };

    /// <summary>One change of each key of a module that is no setting.</summary>
    public static ImmutableArray<ModuleChange> Modules { get; } =
    [
        .. RequestKeys(), .. SendKeys(), .. ExpectKeys(), .. ValueKeys(), .. HandshakeKeys(), .. SubscribeKeys(), .. SecurityKeys(),
    ];

    /// <summary>The same of modules whose targets have no endpoint, or two.</summary>
    public static ImmutableArray<ModuleChange> OfOtherTargets { get; } = [.. ListenKeys(), .. LoopKeys()];

    private static ImmutableArray<string> PublicKeys => ["rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"];

    private static ImmutableArray<string> SecretKeys => ["D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs", "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"];

    private static IEnumerable<ModuleChange> LoopKeys() =>
    [
        new("modules.*", "path", "prober: loop, path: pubsub", "prober: loop, path: majordomo"),
        new("modules.*", "messages", "prober: loop", "prober: loop, messages: 2"),
        new("modules.*", "size", "prober: loop", "prober: loop, size: 100B"),
        new("modules.*", "max_lost", "prober: loop, messages: 9", "prober: loop, messages: 9, max_lost: 1"),
        new("modules.*", "prefix", "prober: loop", "prober: loop, prefix: mine."),
        new("modules.*", "majordomo", "prober: loop, path: majordomo", "prober: loop, path: majordomo, majordomo: '0.2'"),
        new("modules.*", "return_security", "prober: loop", "prober: loop, return_security: {mechanism: 'null'}"),
    ];

    private static IEnumerable<ModuleChange> RequestKeys() =>
    [
        new("modules.*", "extends", "extends: freelance", "extends: reqrep_echo"),
        new("modules.*", "prober", "prober: request, send: [a]", "prober: handshake"),
        new("modules.*", "ping", "prober: request, send: [a]", "prober: request, send: [a], ping: false"),
        new("modules.*", "socket", "prober: request, send: [a]", "prober: request, send: [a], socket: dealer"),
        new("modules.*", "connection", "prober: request, send: [a]", "prober: request, send: [a], connection: per_probe"),
        new("modules.*", "send", "prober: request, send: [a]", "prober: request, send: [a, a]"),
        new("modules.*", "expect", "prober: request, send: [a], expect: [{equals: b}]", "prober: request, send: [a]"),
        new("modules.*", "until", "prober: request, socket: dealer, send: [a]", "prober: request, socket: dealer, send: [a], until: [{equals: b}]"),
        new("modules.*", "steps", "prober: request, steps: [{send: [a]}]", "prober: request, steps: [{send: [a]}, {send: [a]}]"),
        new("modules.*", "routing_id", "prober: request, send: [a]", "prober: request, send: [a], routing_id: b"),
        new("modules.*.routing_id", "hex", "prober: request, send: [a], routing_id: {hex: '01'}", "prober: request, send: [a], routing_id: {hex: '02'}"),
        new("modules.*.routing_id", "base64", "prober: request, send: [a], routing_id: {base64: BAA=}", "prober: request, send: [a], routing_id: {base64: AQI=}"),
        new("modules.*", "max_reply", "prober: request, send: [a]", "prober: request, send: [a], max_reply: 2MiB"),
        new("modules.*", "max_passed_over", "prober: request, socket: dealer, send: [a], until: [{equals: b}]", "prober: request, socket: dealer, send: [a], until: [{equals: b}], max_passed_over: 5"),
        new("modules.*", "heartbeat", "prober: request, send: [a]", "prober: request, heartbeat: {}"),
        new("modules.*.heartbeat", "service", "prober: request, heartbeat: {}", "prober: request, heartbeat: {service: a}"),
        Step("send", "send: [a]", "send: [b]"),
        Step("expect", "send: [a]", "send: [a], expect: [{equals: b}]"),
        Step("until", "send: [a], until: [{equals: b}]", "send: [a], until: [{equals: c}]"),
        Step("capture", "send: [a], capture: {b: {frame: 1}}", "send: [a], capture: {c: {frame: 1}}"),
        Capture("frame", "frame: 1", "frame: 2"),
        Capture("json", "json: $.a", "json: $.b"),
        Capture("msgpack", "msgpack: $.a", "msgpack: $.b"),
        Capture("cbor", "cbor: $.a", "cbor: $.b"),
        Capture("offset", "offset: 1, format: uint8", "offset: 2, format: uint8"),
        Capture("format", "offset: 1, format: uint8", "offset: 1, format: int8"),
        Capture("after", "after: a", "after: b"),
        Capture("decode", "decode: [gzip]", "decode: [zlib]"),
        Capture("matches", "matches: '(a)'", "matches: '(b)'"),
    ];

    private static ModuleChange Capture(string key, string before, string after) => new(
        "modules.*.steps[*].capture.*", key, $"prober: request, steps: [{{send: [a], capture: {{b: {{{before}}}}}}}]", $"prober: request, steps: [{{send: [a], capture: {{b: {{{after}}}}}}}]");

    private static IEnumerable<ModuleChange> ListenKeys() =>
    [
        new("modules.*", "startup_grace", "extends: heartbeat_push", "extends: heartbeat_push, startup_grace: 2h"),
        new("modules.*", "expect", "extends: heartbeat_push", "extends: heartbeat_push, expect: [{frames: 8}]"),
        new("modules.*.heartbeat", "service", "extends: heartbeat_push", "extends: heartbeat_push, heartbeat: {service: a}"),
    ];

    private static IEnumerable<ModuleChange> SendKeys() =>
    [
        Send("hex", "hex: '00 01'", "hex: '00 02'"),
        Send("base64", "base64: BAA=", "base64: AQI="),
        Send("json", "json: {a: 1}", "json: {a: '1'}"),
        Send("msgpack", "msgpack: {a: 1}", "msgpack: {a: 2}"),
        Send("cbor", "cbor: {a: 1}", "cbor: {a: 2}"),
        Send("parts", "parts: [a]", "parts: [b]"),
        Part("hex", "'01'", "'02'"),
        Part("base64", "BAA=", "AQI="),
        .. BinaryNumber.All().Select(format => Part(format.Name, "1", "2")),
    ];

    private static IEnumerable<ModuleChange> ExpectKeys() =>
    [
        Expect("frame", "frame: 0, equals: a", "frame: 1, equals: a"),
        Expect("equals", "equals: a", "equals: b"),
        Expect("matches", "matches: 'a+'", "matches: 'a*'"),
        Expect("hex", "hex: '00'", "hex: '01'"),
        Expect("base64", "base64: BAA=", "base64: AQI="),
        Expect("json", "json: $.a", "json: $.b"),
        Expect("equals", "json: $.a", "json: $.a, equals: 1"),
        Expect("not_equals", "not_equals: a", "not_equals: b"),
        Expect("contains", "contains: a", "contains: b"),
        Expect("starts_with", "starts_with: a", "starts_with: b"),
        Expect("one_of", "one_of: [a]", "one_of: [a, b]"),
        Expect("above", "above: 1", "above: 2"),
        Expect("below", "below: 1", "below: 2"),
        Expect("at_least", "at_least: 1", "at_least: 2"),
        Expect("at_most", "at_most: 1", "at_most: 2"),
        Expect("exists", "json: $.a, exists: true", "json: $.a, exists: false"),
        Expect("max_age", "max_age: 1s", "max_age: 2s"),
        Expect("msgpack", "msgpack: $.a", "msgpack: $.b"),
        Expect("cbor", "cbor: $.a", "cbor: $.b"),
        Expect("offset", "offset: 1, format: uint8", "offset: 2, format: uint8"),
        Expect("format", "offset: 1, format: uint16_le", "offset: 1, format: uint16_be"),
        Expect("after", "after: a, equals: c", "after: b, equals: c"),
        Expect("decode", "decode: [zlib], equals: c", "decode: [gzip], equals: c"),
        Expect("matches", "matches: '(a)', above: 1", "matches: '(b)', above: 1"),
        Expect("frames", "frames: 2", "frames: 3"),
        new("modules.*.expect[*].starts_with", "hex", "prober: request, send: [a], expect: [{starts_with: {hex: '01'}}]", "prober: request, send: [a], expect: [{starts_with: {hex: '02'}}]"),
        new("modules.*.expect[*].starts_with", "base64", "prober: request, send: [a], expect: [{after: {base64: BAA=}, equals: a}]", "prober: request, send: [a], expect: [{after: {base64: AQI=}, equals: a}]"),
    ];

    private static IEnumerable<ModuleChange> ValueKeys() =>
    [
        new("modules.*", "values", "prober: request, send: [a]", "prober: request, send: [a], values: [{metric: app_a, help: A.}]"),
        Subscribe("modules.*", "values", "topics: [a]", "topics: [a], values: [{metric: app_a, help: A.}]"),
        Value("metric", "metric: app_a, help: A.", "metric: app_b, help: A."),
        Value("help", "metric: app_a, help: A.", "metric: app_a, help: B."),
        Value("type", "metric: app_a_total, help: A., type: counter", "metric: app_a, help: A., type: gauge"),
        Value("each", "metric: app_a, help: A., json: $.a", "metric: app_a, help: A., json: $.a, each: '$.b[*]'"),
        Value("labels", "metric: app_a, help: A.", "metric: app_a, help: A., labels: {b: c}"),
        Value("max_series", "metric: app_a, help: A.", "metric: app_a, help: A., max_series: 5"),
        Value("scale", "metric: app_a, help: A.", "metric: app_a, help: A., scale: 5"),
        Value("matches", "metric: app_a, help: A.", "metric: app_a, help: A., matches: '(b)'"),
        Label("frame", "frame: 0", "frame: 1"),
        Label("json", "json: $.a", "json: $.b"),
        Label("msgpack", "msgpack: $.a", "msgpack: $.b"),
        Label("cbor", "cbor: $.a", "cbor: $.b"),
        Label("offset", "offset: 1, format: uint8", "offset: 2, format: uint8"),
        Label("format", "offset: 1, format: uint8", "offset: 1, format: int8"),
        Label("after", "frame: 0", "after: b"),
        Label("decode", "frame: 0", "decode: [gzip]"),
        Label("matches", "frame: 0", "matches: '(b)'"),
        Value("frame", "metric: app_a, help: A.", "metric: app_a, help: A., frame: 1"),
        Value("json", "metric: app_a, help: A., json: $.a", "metric: app_a, help: A., json: $.b"),
        Value("msgpack", "metric: app_a, help: A., msgpack: $.a", "metric: app_a, help: A., msgpack: $.b"),
        Value("cbor", "metric: app_a, help: A., cbor: $.a", "metric: app_a, help: A., cbor: $.b"),
        Value("offset", "metric: app_a, help: A., offset: 1, format: uint8", "metric: app_a, help: A., offset: 2, format: uint8"),
        Value("format", "metric: app_a, help: A., offset: 1, format: uint8", "metric: app_a, help: A., offset: 1, format: int8"),
        Value("after", "metric: app_a, help: A.", "metric: app_a, help: A., after: b"),
        Value("decode", "metric: app_a, help: A.", "metric: app_a, help: A., decode: [gzip]"),
    ];

    private static ModuleChange Value(string key, string before, string after) => new(
        "modules.*.values[*]", key, $"prober: request, send: [a], values: [{{{before}}}]", $"prober: request, send: [a], values: [{{{after}}}]");

    private static ModuleChange Label(string key, string before, string after) => new(
        "modules.*.values[*].labels.*", key,
        $"prober: request, send: [a], values: [{{metric: app_a, help: A., labels: {{l: {{{before}}}}}}}]",
        $"prober: request, send: [a], values: [{{metric: app_a, help: A., labels: {{l: {{{after}}}}}}}]");

    private static IEnumerable<ModuleChange> HandshakeKeys() =>
    [
        new("modules.*", "socket", "prober: handshake, socket: sub", "prober: handshake, socket: xsub"),
        new("modules.*", "connection", "prober: handshake, socket: sub", "prober: handshake, socket: sub, connection: per_probe"),
    ];

    private static IEnumerable<ModuleChange> SubscribeKeys() =>
    [
        Subscribe("modules.*", "topics", "topics: [a]", "topics: [a, b]"),
        Subscribe("modules.*.topics[*]", "hex", "topics: [{hex: '00'}]", "topics: [{hex: '01'}]"),
        Subscribe("modules.*.topics[*]", "base64", "topics: [{base64: BAA=}]", "topics: [{base64: AQI=}]"),
        Subscribe("modules.*", "max_silence", "topics: [a], startup_grace: 20s", "topics: [a], startup_grace: 20s, max_silence: 6s", silence: false),
        Subscribe("modules.*", "startup_grace", "topics: [a]", "topics: [a], startup_grace: 20s"),
        Subscribe("modules.*", "expect", "topics: [a], expect: [{frames: 2}]", "topics: [a], expect: [{frames: 3}]"),
        Subscribe("modules.*", "min_rate", "topics: [a]", "topics: [a], min_rate: 0.5"),
        Subscribe("modules.*", "min_rate", "topics: [a], min_rate: {ab: 1}", "topics: [a], min_rate: {ab: 1/m}"),
        Subscribe("modules.*", "min_rate", "topics: [a], min_rate: {ab: 1}", "topics: [a], min_rate: {ac: 1}"),
        Subscribe("modules.*", "rate_window", "topics: [a], min_rate: 1", "topics: [a], min_rate: 1, rate_window: 20s"),
        Subscribe("modules.*", "sequence", "topics: [a]", "topics: [a], sequence: {frame: 1, format: ascii}"),
        Subscribe("modules.*.sequence", "frame", "topics: [a], sequence: {frame: 1, format: ascii}", "topics: [a], sequence: {frame: 2, format: ascii}"),
        Subscribe("modules.*.sequence", "format", "topics: [a], sequence: {frame: 1, format: ascii}", "topics: [a], sequence: {frame: 1, format: uint32_be}"),
        Subscribe("modules.*.sequence", "per", "topics: [''], sequence: {frame: 1, format: ascii}", "topics: [''], sequence: {frame: 1, format: ascii, per: publisher}"),
        .. Places("sequence", "modules.*.sequence"),
        .. Places("sequence", "modules.*.sequence.per"),
        .. Places("sent_at", "modules.*.sent_at"),
        Subscribe("modules.*", "sent_at", "topics: [a], sent_at: {frame: 1, format: unix_s}", "topics: [a]"),
        Subscribe("modules.*.sent_at", "frame", "topics: [a], sent_at: {frame: 1, format: unix_s}", "topics: [a], sent_at: {frame: 2, format: unix_s}"),
        Subscribe("modules.*.sent_at", "format", "topics: [a], sent_at: {frame: 1, format: unix_s}", "topics: [a], sent_at: {frame: 1, format: unix_ms}"),
    ];

    private static IEnumerable<ModuleChange> SecurityKeys()
    {
        var curve = $"mechanism: curve, server_public_key: '{PublicKeys[0]}'";
        return
        [
            new("modules.*", "security", "prober: request, send: [a]", "prober: request, send: [a], security: {mechanism: plain, username: u, password: p}"),
            Security("mechanism", "mechanism: null", curve),
            Security("username", "mechanism: plain, username: u, password: p", "mechanism: plain, username: v, password: p"),
            Security("password", "mechanism: plain, username: u, password: p", "mechanism: plain, username: u, password: q"),
            Security("password_file", "mechanism: plain, username: u, password_file: one.txt", "mechanism: plain, username: u, password_file: two.txt"),
            Security("server_public_key", curve, $"mechanism: curve, server_public_key: '{PublicKeys[1]}'"),
            Security("server_public_key_file", "mechanism: curve, server_public_key_file: public.txt", "mechanism: curve, server_public_key_file: other_public.txt"),
            Security("client_secret_key", $"{curve}, client_secret_key: '{SecretKeys[0]}'", $"{curve}, client_secret_key: '{SecretKeys[1]}'"),
            Security("client_secret_key_file", $"{curve}, client_secret_key_file: secret.txt", $"{curve}, client_secret_key_file: other_secret.txt"),
        ];
    }

    // Every way to say where a feed has something.
    private static IEnumerable<ModuleChange> Places(string key, string section)
    {
        (string Key, string Before, string After)[] places =
        [
            ("frame", "frame: 1, json: $.a", "frame: 2, json: $.a"),
            ("json", "json: $.a", "json: $.b"),
            ("msgpack", "msgpack: $.a", "msgpack: $.b"),
            ("cbor", "cbor: $.a", "cbor: $.b"),
            ("offset", "offset: 1, format: uint32_le", "offset: 2, format: uint32_le"),
            ("format", "offset: 1, format: uint32_le", "offset: 1, format: uint32_be"),
            ("after", "after: a", "after: b"),
            ("decode", "decode: [zlib]", "decode: [gzip]"),
            ("matches", "matches: '(a)'", "matches: '(b)'"),
        ];
        return places.Select(place => section.EndsWith("per", StringComparison.Ordinal)
            ? Subscribe(section, place.Key, $"topics: [a], sequence: {{json: $.n, per: {{{place.Before}}}}}", $"topics: [a], sequence: {{json: $.n, per: {{{place.After}}}}}")
            : Subscribe(section, place.Key, $"topics: [a], {key}: {{{place.Before}}}", $"topics: [a], {key}: {{{place.After}}}"));
    }

    private static ModuleChange Step(string key, string before, string after) => new(
        "modules.*.steps[*]", key, $"prober: request, socket: dealer, steps: [{{{before}}}]", $"prober: request, socket: dealer, steps: [{{{after}}}]");

    private static ModuleChange Send(string key, string before, string after) =>
        new("modules.*.send[*]", key, $"prober: request, send: [{{{before}}}]", $"prober: request, send: [{{{after}}}]");

    private static ModuleChange Part(string key, string before, string after) => new(
        "modules.*.send[*].parts[*]", key, $"prober: request, send: [{{parts: [{{{key}: {before}}}]}}]", $"prober: request, send: [{{parts: [{{{key}: {after}}}]}}]");

    private static ModuleChange Expect(string key, string before, string after) => new(
        "modules.*.expect[*]", key, $"prober: request, send: [a], expect: [{{{before}}}]", $"prober: request, send: [a], expect: [{{{after}}}]");

    private static ModuleChange Subscribe(string place, string key, string before, string after, bool silence = true) => new(
        place, key, $"prober: subscribe, max_silence: 5s, {before}", $"prober: subscribe, {(silence ? "max_silence: 5s, " : "")}{after}");

    private static ModuleChange Security(string key, string before, string after) => new(
        "modules.*.security", key, $"prober: request, send: [a], security: {{{before}}}", $"prober: request, send: [a], security: {{{after}}}");
}
