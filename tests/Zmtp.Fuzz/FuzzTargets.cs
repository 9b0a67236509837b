namespace Zmtp.Fuzz;

/// <summary>What takes a fuzzer's input; it throws when something is wrong.</summary>
internal delegate void FuzzTarget(ReadOnlySpan<byte> input);

/// <summary>All fuzz targets by their names, which are also those of their corpora.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyDictionary<string, FuzzTarget> All { get; } = new SortedDictionary<string, FuzzTarget>(StringComparer.Ordinal)
    {
        ["commands"] = WireTargets.Commands,
        ["curve"] = CurveTargets.Handshake,
        ["curve-traffic"] = CurveTargets.Traffic,
        ["frames"] = WireTargets.Frames,
        ["greeting"] = WireTargets.Greeting,
        ["null"] = SessionTargets.Null,
        ["plain"] = SessionTargets.Plain,
    };
}
