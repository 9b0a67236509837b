using Example;
using NetMqPeer;

// A server on NetMQ, the counterpart of the scripts in tests/ZmqExporter.EndToEndTests/peers/, which are on libzmq. In a process of its
// own, because a hostile client can end a process that uses NetMQ, and because all sockets of a process share its I/O threads, whose
// number the first socket decides: in the process of the tests that would be our own client's or the server's, whichever came first.
if (args is ["snippet", var work, var health])
{
    using var stop = new CancellationTokenSource();
    new Thread(() =>
    {
        Console.In.ReadToEnd();
        stop.Cancel();
    })
    { IsBackground = true, Name = "end" }.Start();
    PingServer.Run(work, health, stop.Token);
    return 0;
}

if (args is ["heartbeat", var asked])
{
    Heartbeat.Run(asked);
}

if (args is not [var kind, .. var rest] || !PeerOptions.TryParse(rest, out var options))
{
    Console.Error.WriteLine(
        """
        usage: NetMqPeer rep|router|pub|push [--port=PORT] [--curve=SECRET_KEY] [--topic=TOPIC]...
               NetMqPeer pull-worker|dealer-worker|rep-worker --connect=ENDPOINT
               NetMqPeer snippet WORK_ENDPOINT HEALTH_ENDPOINT
               NetMqPeer heartbeat ENDPOINT
               NetMqPeer matrix [--curve=SECRET_KEY] --socket=KIND:MECHANISM:ENDPOINT...
        """);
    return 3;
}

using Peer? peer = kind switch
{
    "rep" => new ReplyServer(options),
    "router" => new EchoServer(options),
    "pub" => new Publisher(options),
    "push" => new Idle(kind, options),
    "pull-worker" => new Worker("pull", options),
    "dealer-worker" => new Worker("dealer", options),
    "rep-worker" => new Worker("rep", options),
    "matrix" => new Matrix(options),
    _ => null,
};
if (peer is null)
{
    Console.Error.WriteLine($"no peer is called {kind}");
    return 3;
}

peer.Run();
return 0;
