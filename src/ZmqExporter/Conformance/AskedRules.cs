using System.Collections.Immutable;
using System.Security.Cryptography;
using ZmqExporter.Heartbeat;
using Zmtp;

namespace ZmqExporter.Conformance;

/// <summary>Walks through what docs/protocol/heartbeat.md asks of a server that is asked. Each rule has a connection of its own, so that what one breaks is not another's.</summary>
/// <param name="connect">Makes a connection.</param>
/// <param name="service">The service that is asked for; empty for the server as a whole.</param>
internal sealed class AskedRules(Func<SocketType, ConformancePeer> connect, string service)
{
    private readonly List<ConformanceCheck> _checks = [];
    private readonly List<string> _instances = [];
    private string _socketType = "";

    /// <summary>Tries all of them.</summary>
    public async Task<ImmutableArray<ConformanceCheck>> RunAsync(CancellationToken cancellation)
    {
        Func<Task>[] rules =
        [
            () => TokenAsync("token_one_byte", "a token of one byte comes back unchanged", [0x2A]),
            () => TokenAsync("token_64_bytes", "a token of 64 bytes comes back unchanged", RandomNumberGenerator.GetBytes(HeartbeatProtocol.MaxToken)),
            () => TokenAsync("token_binary", "a token is bytes and no text: zero bytes, line ends and bytes above 7F come back unchanged", [0x00, 0xFF, 0x0A, 0x80, 0x00]),
            () => TokenAsync("token_like_id", "a token may be the bytes of the protocol's id", [.. HeartbeatProtocol.Id]),
            ContentAsync,
            UnknownServiceAsync,
            PipelinedAsync,
            InterleavedAsync,
            () => EnvelopeAsync("envelope_delimiter", "an empty delimiter before the request stands before the reply, too", [""], needsRouter: false),
            () => EnvelopeAsync("envelope_none", "a request without a delimiter gets a reply without one", [], needsRouter: true),
            () => EnvelopeAsync("envelope_deep", "all frames before the request come back unchanged before the reply, as on the way back through a proxy", [new byte[] { 0x00, 0x68, 0x6F, 0x70 }, ""], needsRouter: false),
            SurvivesAsync,
        ];
        if (!await ConnectAsync())
        {
            return [.. _checks];
        }

        foreach (var rule in rules)
        {
            cancellation.ThrowIfCancellationRequested();
            await rule();
        }

        AddInstances();
        return [.. _checks];
    }

    private static byte[] NewToken() => RandomNumberGenerator.GetBytes(16);

    private ZmtpMessage Request(byte[] token, params object[] before)
    {
        object[] named = service.Length == 0 ? [] : [service];
        return MessageFrames.Message([.. before, HeartbeatProtocol.Name, token, .. named]);
    }

    private async Task<bool> ConnectAsync()
    {
        const string Rule = "the endpoint is a REP or ROUTER that completes a handshake";
        using var peer = connect(SocketType.Req); // a PUSH or DEALER would hand a DEALER of ours its work
        var problem = await peer.OpenAsync();
        _socketType = peer.SocketType;
        problem ??= _socketType is "REP" or "ROUTER" or "" ? null : $"the peer is a {_socketType}, which cannot be asked; a publisher is tried with --feed";
        _checks.Add(ConformanceCheck.Of("connect", Rule, "a handshake as a REQ", problem is null ? _socketType : "", problem));
        return problem is null;
    }

    private async Task<(ZmtpMessage? Message, string? Problem)> AskAsync(SocketType socket, ZmtpMessage request)
    {
        using var peer = connect(socket);
        if (await peer.OpenAsync() is { } problem)
        {
            return (null, problem);
        }

        peer.Send(request);
        return await peer.ReceiveAsync();
    }

    private async Task TokenAsync(string name, string rule, byte[] token)
    {
        var request = Request(token);
        var (reply, problem) = await AskAsync(SocketType.Req, request);
        Add(name, rule, request, reply, problem ?? HeartbeatReply.CheckToken(reply!, token));
        NoteInstance(reply, token);
    }

    private async Task ContentAsync()
    {
        const string Status = "the status is SERVING, NOT_SERVING or UNKNOWN";
        const string Instance = "the instance is 1 to 64 printable ASCII characters";
        const string Details = "details are a JSON object or a MessagePack map of 64 KiB at most, with start_time as a number, version and reason as texts";
        var token = NewToken();
        var request = Request(token);
        var (reply, problem) = await AskAsync(SocketType.Req, request);
        problem ??= HeartbeatReply.CheckToken(reply!, token);
        Add("status", Status, request, reply, problem ?? (HeartbeatReport.CheckStatus(reply![2], 2) ?? KnownProblem(reply)));
        Add("instance", Instance, request, reply, problem ?? HeartbeatReport.CheckInstance(reply![3], 3));
        if (problem is null && reply!.FrameCount == HeartbeatProtocol.ReplyDetails)
        {
            _checks.Add(ConformanceCheck.NotApplicable("details", Details, "the reply has none"));
        }
        else
        {
            Add("details", Details, request, reply, problem ?? DetailsRules.Problem(reply![HeartbeatProtocol.ReplyDetails], HeartbeatProtocol.ReplyDetails));
        }
    }

    // Whoever names a service means one that is there.
    private string? KnownProblem(ZmtpMessage reply) => service.Length > 0 && HeartbeatStatuses.Read(reply[2]) == HeartbeatStatus.Unknown
        ? $"the server does not know the service \"{service}\", or not how it is" : null;

    private async Task UnknownServiceAsync()
    {
        const string Rule = "a service that the server does not have is UNKNOWN";
        var token = NewToken();
        var request = MessageFrames.Message(HeartbeatProtocol.Name, token, $"no-such-service-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        var (reply, problem) = await AskAsync(SocketType.Req, request);
        problem ??= HeartbeatReply.CheckToken(reply!, token)
            ?? (HeartbeatStatuses.Read(reply![2]) == HeartbeatStatus.Unknown ? null : $"the status (frame 2) is {MessageFrames.Words(MessageFrames.Message(reply[2].ToArray()))} and must be UNKNOWN: a typing error in a service's name would look well");
        Add("unknown_service", Rule, request, reply, problem);
        NoteInstance(reply, token);
    }

    private async Task PipelinedAsync()
    {
        const string Rule = "two requests on one connection get one reply each, with its own token";
        byte[][] tokens = [NewToken(), NewToken()];
        using var peer = connect(SocketType.Dealer);
        var problem = await peer.OpenAsync();
        var requests = tokens.Select(token => Request(token, "")).ToArray();
        var came = new List<ZmtpMessage>();
        foreach (var request in problem is null ? requests : [])
        {
            peer.Send(request);
        }

        for (var i = 0; i < requests.Length && problem is null; i++)
        {
            var (reply, why) = await peer.ReceiveAsync();
            came.AddRange(reply is null ? [] : [reply]);
            problem = why is null ? null : FormattableString.Invariant($"{i} of 2 replies came: {why}");
        }

        problem ??= tokens.Select(token => came.Any(reply => HeartbeatReply.CheckToken(reply, token) is null) ? null : HeartbeatReply.CheckToken(came[^1], token)).FirstOrDefault(why => why is not null);
        _checks.Add(ConformanceCheck.Of("two_requests", Rule, Words(requests), Words(came), problem));
    }

    private async Task InterleavedAsync()
    {
        const string Rule = "of two clients that ask at the same time, each gets its own token";
        byte[][] tokens = [NewToken(), NewToken()];
        using var one = connect(SocketType.Req);
        using var other = connect(SocketType.Req);
        ConformancePeer[] peers = [one, other];
        var requests = tokens.Select(token => Request(token)).ToArray();
        var problem = await one.OpenAsync() ?? await other.OpenAsync();
        var came = new List<ZmtpMessage>();
        if (problem is null)
        {
            one.Send(requests[0]);
            other.Send(requests[1]);
        }

        for (var i = 0; i < peers.Length && problem is null; i++)
        {
            var (reply, why) = await peers[i].ReceiveAsync();
            came.AddRange(reply is null ? [] : [reply]);
            problem = why ?? HeartbeatReply.CheckToken(reply!, tokens[i]);
        }

        _checks.Add(ConformanceCheck.Of("two_clients", Rule, Words(requests), Words(came), problem));
    }

    private async Task EnvelopeAsync(string name, string rule, object[] envelope, bool needsRouter)
    {
        if (needsRouter && _socketType == "REP")
        {
            _checks.Add(ConformanceCheck.NotApplicable(name, rule, "the server is a REP, which takes only messages with a delimiter"));
            return;
        }

        var token = NewToken();
        var request = Request(token, envelope);
        var (reply, problem) = await AskAsync(SocketType.Dealer, request);
        for (var i = 0; i < envelope.Length && problem is null; i++)
        {
            problem = i < reply!.FrameCount && reply[i].SequenceEqual(request[i]) ? null
                : FormattableString.Invariant($"frame {i} must be the request's frame {i}: what stands before {HeartbeatProtocol.Name} is the way back");
        }

        problem ??= reply!.FrameCount > envelope.Length ? null : "nothing follows what stood before the request";
        problem ??= HeartbeatReply.CheckToken(MessageFrames.Message([.. Enumerable.Range(envelope.Length, reply!.FrameCount - envelope.Length).Select(frame => reply[frame].ToArray())]), token)
            ?? (reply.FrameCount > envelope.Length && reply[envelope.Length].SequenceEqual(HeartbeatProtocol.Id) ? null
                : FormattableString.Invariant($"frame {envelope.Length} must be {HeartbeatProtocol.Name}: the reply has a delimiter that the request did not have"));
        Add(name, rule, request, reply, problem);
    }

    private async Task SurvivesAsync()
    {
        const string Rule = "a request without a token does no harm: the next request of another client is answered";
        using var bad = connect(SocketType.Req);
        var problem = await bad.OpenAsync();
        if (problem is null)
        {
            bad.Send(MessageFrames.Message(HeartbeatProtocol.Name));
        }

        var token = NewToken();
        var request = Request(token);
        var (reply, why) = problem is null ? await AskAsync(SocketType.Req, request) : (null, problem);
        _checks.Add(ConformanceCheck.Of("bad_request", Rule, $"\"{HeartbeatProtocol.Name}\", and then {MessageFrames.Words(request)}", MessageFrames.Words(reply), why ?? HeartbeatReply.CheckToken(reply!, token)));
    }

    private void AddInstances()
    {
        const string Rule = "the instance is the same in all replies of one run of the process";
        if (_instances.Count < 2)
        {
            _checks.Add(ConformanceCheck.NotApplicable("instance_stable", Rule, "fewer than two replies had one"));
            return;
        }

        string[] distinct = [.. _instances.Distinct(StringComparer.Ordinal)];
        _checks.Add(ConformanceCheck.Of("instance_stable", Rule, FormattableString.Invariant($"{_instances.Count} requests"), string.Join(", ", distinct), distinct.Length == 1 ? null
            : FormattableString.Invariant($"{distinct.Length} instances came: each new one is a restart to whoever watches. Several processes behind one address are tried one by one")));
    }

    private void NoteInstance(ZmtpMessage? reply, byte[] token)
    {
        if (reply is not null && HeartbeatReply.CheckToken(reply, token) is null && HeartbeatReport.CheckInstance(reply[3], 3) is null)
        {
            _instances.Add(Zmtp.Wire.Excerpt.Escape(reply[3]));
        }
    }

    private void Add(string name, string rule, ZmtpMessage request, ZmtpMessage? reply, string? problem) =>
        _checks.Add(ConformanceCheck.Of(name, rule, MessageFrames.Words(request), MessageFrames.Words(reply), problem));

    private static string Words(IReadOnlyCollection<ZmtpMessage> messages) => messages.Count == 0 ? "nothing" : string.Join(", and ", messages.Select(MessageFrames.Words));
}
