using System.Diagnostics;
using System.Globalization;
using NetMQ;
using NetMQ.Sockets;

namespace ZmqExporter.Benchmarks;

/// <summary>Which inputs end a process that uses NetMQ as one would at first: a DEALER that asks and waits. Each in a process of its own.</summary>
internal static class CrashBenchmark
{
    public const string VictimArgument = "netmq-victim";

    private const string NoLimit = "none";
    private const int Limit = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task RunAsync()
    {
        Console.WriteLine("input                 MaxMsgSize  exit  what was seen");
        foreach (var input in HostileInput.All)
        {
            using var server = new HostileServer(input);
            foreach (var limit in (string[])[NoLimit, Limit.ToString(CultureInfo.InvariantCulture)])
            {
                var (exitCode, seen) = await RunChildAsync(server.Endpoint, input.ForCurve, limit);
                Console.WriteLine($"{input.Name,-20}  {limit,10}  {exitCode,4}  {seen}");
            }
        }
    }

    /// <summary>What a child does: asks, waits for whatever comes, and says so if it lives.</summary>
    public static int RunVictim(string endpoint, string security, string limit)
    {
        using var socket = new DealerSocket();
        socket.Options.Linger = TimeSpan.Zero;
        if (limit != NoLimit)
        {
            socket.Options.MaxMsgSize = int.Parse(limit, CultureInfo.InvariantCulture);
        }

        if (security == "curve")
        {
            socket.Options.CurveCertificate = new NetMQCertificate();
            socket.Options.CurveServerKey = new NetMQCertificate().PublicKey;
        }

        var peak = 0L;
        using var timer = new Timer(_ => peak = Math.Max(peak, Environment.WorkingSet), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
        var before = Environment.WorkingSet;
        socket.Connect(endpoint);
        socket.SendMoreFrameEmpty().SendFrame("ping");
        NetMQMessage? answer = null;
        var isAnswered = socket.TryReceiveMultipartMessage(Patience, ref answer);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"lives, {(isAnswered ? "a message came" : "no message")}, {(Math.Max(peak, Environment.WorkingSet) - before) >> 20} MiB more resident, {GC.GetTotalAllocatedBytes() >> 20} MiB allocated"));
        return 0;
    }

    private static async Task<(int ExitCode, string Seen)> RunChildAsync(string endpoint, bool isCurve, string limit)
    {
        string[] arguments = [VictimArgument, endpoint, isCurve ? "curve" : "null", limit];
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var output = child.StandardOutput.ReadToEndAsync();
        var error = child.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await child.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            child.Kill();
            return (-1, "did not end within 30 s");
        }

        var lines = (await error).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var seen = lines.Length == 0
            ? (await output).Trim()
            : $"{lines[0]} {lines.FirstOrDefault(line => line.StartsWith("at NetMQ", StringComparison.Ordinal))}";
        return (child.ExitCode, seen);
    }
}
