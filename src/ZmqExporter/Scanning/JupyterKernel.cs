using System.Text.Json;
using ZmqExporter.Configuration;

namespace ZmqExporter.Scanning;

/// <summary>What a Jupyter kernel's connection file, which its command line names, says of its ports.</summary>
internal static class JupyterKernel
{
    private const int MaxFile = 64 * 1024;

    private static readonly string[] Channels = ["hb", "shell", "iopub", "stdin", "control"];

    /// <summary>The channel that a kernel has on a port, such as <c>hb</c>; null when it is none, or cannot be known.</summary>
    /// <param name="process">Perhaps a kernel.</param>
    /// <param name="port">A port on which it listens.</param>
    public static string? Channel(ListenerProcess process, int port)
    {
        string[] words = [.. process.Words];
        var flag = Array.IndexOf(words, "-f");
        if (flag < 0 || flag + 1 == words.Length || !words[flag + 1].EndsWith(".json", StringComparison.Ordinal))
        {
            return null;
        }

        // A file, and no pipe that somebody lets others wait at; a relative one is beside the other process, and not beside us.
        var path = words[flag + 1];
        if (!Path.IsPathFullyQualified(path) || FileStatus.Of(path) is not { Kind: FileKind.Regular })
        {
            return null;
        }

        try
        {
            var buffer = new byte[MaxFile];
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
            using var document = JsonDocument.Parse(buffer.AsMemory(0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)));
            int?[] ports = [.. Channels.Select(channel => Port(document.RootElement, channel))];

            // All five make it a connection file, whatever the program is called: kernels exist for more than Python.
            return Array.TrueForAll(ports, known => known is not null) && Array.IndexOf(ports, port) is >= 0 and var at ? Channels[at] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or NotSupportedException)
        {
            return null; // it is another user's, or gone
        }
    }

    private static int? Port(JsonElement file, string channel) =>
        file.TryGetProperty($"{channel}_port", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var port) ? port : null;
}
