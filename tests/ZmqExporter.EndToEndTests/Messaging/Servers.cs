using System.Globalization;
using Zmtp.Security;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>What a server is built on.</summary>
public enum ServerLibrary
{
    /// <summary>The original.</summary>
    Libzmq,

    /// <summary>Its counterpart in C#.</summary>
    NetMq,
}

/// <summary>The same servers on either library, and the combinations that are tested.</summary>
internal static class Servers
{
    /// <summary>Every client.</summary>
    public static TheoryData<ClientKind> Clients => new(Enum.GetValues<ClientKind>());

    /// <summary>Every client with every server.</summary>
    public static TheoryData<ClientKind, ServerLibrary> All
    {
        get
        {
            var data = new TheoryData<ClientKind, ServerLibrary>();
            foreach (var client in Enum.GetValues<ClientKind>())
            {
                foreach (var server in Enum.GetValues<ServerLibrary>())
                {
                    data.Add(client, server);
                }
            }

            return data;
        }
    }

    public static Task<ServerPeer> StartRepAsync(this ServerLibrary library, params string[] arguments) => library == ServerLibrary.Libzmq
        ? PythonPeer.StartAsync("rep_server.py", arguments)
        : NetMqPeer.StartAsync("rep", arguments);

    public static Task<ServerPeer> StartRouterAsync(this ServerLibrary library, params string[] arguments) => library == ServerLibrary.Libzmq
        ? PythonPeer.StartAsync("router.py", arguments)
        : NetMqPeer.StartAsync("router", arguments);

    public static Task<ServerPeer> StartPublisherAsync(this ServerLibrary library, params string[] arguments) => library == ServerLibrary.Libzmq
        ? PythonPeer.StartAsync("pub.py", arguments)
        : NetMqPeer.StartAsync("pub", arguments);

    /// <summary>An argument that makes a server listen where another one did.</summary>
    public static string OnPort(int port) => string.Create(CultureInfo.InvariantCulture, $"--port={port}");

    /// <summary>An argument that makes a server ask for CURVE.</summary>
    public static string WithCurve(CurveKeyPair keys) => $"--curve={keys.ExportSecretKey()}";
}
