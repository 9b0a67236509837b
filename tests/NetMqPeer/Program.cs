using NetMqPeer;

// A server on NetMQ, the counterpart of the scripts in tests/ZmqExporter.EndToEndTests/peers/, which are on libzmq. In a process of its
// own, because a hostile client can end a process that uses NetMQ, and because all sockets of a process share one I/O thread.
if (args is not [var kind, .. var rest] || !PeerOptions.TryParse(rest, out var options))
{
    Console.Error.WriteLine("usage: NetMqPeer rep|router|pub [--port=PORT] [--curve=SECRET_KEY] [--topic=TOPIC]...");
    return 3;
}

using Server? server = kind switch
{
    "rep" => new ReplyServer(options),
    "router" => new EchoServer(options),
    "pub" => new Publisher(options),
    _ => null,
};
if (server is null)
{
    Console.Error.WriteLine($"no server is called {kind}");
    return 3;
}

server.Run();
return 0;
