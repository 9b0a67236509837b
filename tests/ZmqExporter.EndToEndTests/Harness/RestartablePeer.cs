using System.Globalization;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A server on real libzmq (a script in peers/) that is killed and started again on the same endpoint.</summary>
internal sealed class RestartablePeer : IRestartable
{
    private readonly ReservedPort? _port;
    private readonly string _script;
    private readonly string[] _arguments;

    private RestartablePeer(string script, ReservedPort? port, string endpoint, params string[] arguments)
    {
        _script = script;
        _port = port;
        _arguments = arguments;
        Endpoint = endpoint;
        Process = PythonPeer.StartProcess(script, arguments);
    }

    /// <inheritdoc />
    public ChildProcess Process { get; private set; }

    /// <summary>The ZeroMQ endpoint.</summary>
    public string Endpoint { get; }

    /// <summary>Starts a script on a TCP port that is free.</summary>
    public static RestartablePeer Start(string script)
    {
        var port = new ReservedPort();
        return new RestartablePeer(script, port, port.Endpoint, "--port", port.Number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Starts a script that takes <c>--bind</c>.</summary>
    public static RestartablePeer StartOn(string endpoint, string script) => new(script, null, endpoint, "--bind", endpoint);

    /// <inheritdoc />
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await Process.DisposeScriptAsync();
    }

    /// <inheritdoc />
    public void BeginStart() => Process = PythonPeer.StartProcess(_script, _arguments);

    /// <inheritdoc />
    public Task WaitUntilReadyAsync() => Process.WaitForLineAsync(@"^ready \d+$");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _port?.Dispose();
        await Process.DisposeScriptAsync();
    }
}
