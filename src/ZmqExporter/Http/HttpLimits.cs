using ZmqExporter.Limits;

namespace ZmqExporter.Http;

/// <summary>How much of the exporter its HTTP clients may take, overall and by client address. Immutable.</summary>
/// <param name="Connections">Open connections.</param>
/// <param name="ConnectionsPerAddress">Open connections of one address.</param>
/// <param name="Responses">Rendered responses, scrapes above all, that are being made or read.</param>
/// <param name="ResponsesPerAddress">The same, of one address.</param>
/// <param name="Bytes">Bytes of rendered responses that wait for their readers.</param>
/// <param name="BytesPerAddress">The same, of one address.</param>
internal sealed record HttpLimits(
    int Connections, int ConnectionsPerAddress, int Responses, int ResponsesPerAddress, long Bytes, long BytesPerAddress)
{
    // What the process itself holds, of which it cannot spare any.
    private const int OfTheProcess = 256;

    // Normal use stays far below: a highly available pair keeps two connections, a browser six, and a scrape is read within milliseconds.
    // A proxy, or a NAT with many scrapers behind it, is one address.
    private const int MostConnections = 256;
    private const int FewestConnections = 16;
    private const int MostResponses = 128;
    private const long MostBytes = 96L << 20; // 29 scrapes of 10,000 targets in full detail

    /// <summary>How many may watch events at a time: a quarter of all connections, as they come.</summary>
    public int Watchers => ConnectionsPerAddress;

    /// <summary>The same, of one address: half of its connections, so that its scrapes get through, and others find a place.</summary>
    public int WatchersPerAddress => ConnectionsPerAddress / 2;

    /// <summary>The limits of this process.</summary>
    public static HttpLimits OfThisProcess() => OfThisProcess(OpenFileLimit.Read());

    /// <summary>The limits of this process when it may open so many files.</summary>
    public static HttpLimits OfThisProcess(int descriptors) => For(descriptors, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>The most descriptors that connections may take at a moment: with one too many, before it is closed.</summary>
    /// <param name="descriptors">How many the process may open.</param>
    public static int MostDescriptors(int descriptors) => ConnectionsFor(descriptors) + 1;

    /// <summary>The limits for a process: most descriptors belong to the targets, and most memory too.</summary>
    /// <param name="descriptors">How many descriptors it may open.</param>
    /// <param name="memory">How many bytes of memory it may use.</param>
    public static HttpLimits For(int descriptors, long memory)
    {
        var connections = ConnectionsFor(descriptors);
        var bytes = Math.Min(MostBytes, memory / 16);
        var ofOneAddress = Math.Max(connections / 4, FewestConnections / 2);
        return new HttpLimits(connections, ofOneAddress, MostResponses, MostResponses / 4, bytes, bytes / 3);
    }

    private static int ConnectionsFor(int descriptors) => Math.Clamp((descriptors - OfTheProcess) / 6, FewestConnections, MostConnections);
}
