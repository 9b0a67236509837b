namespace ZmqExporter.Targets.History;

/// <summary>The three questions of a probe, each yes, no or not known, in one byte.</summary>
internal static class Evidence
{
    private const int Bits = 2;
    private const int Yes = 1;
    private const int No = 2;

    /// <summary>Packs the three answers.</summary>
    public static byte Pack(bool? reachable, bool? responsive, bool? ready) =>
        (byte)(Of(reachable) | (Of(responsive) << Bits) | (Of(ready) << (2 * Bits)));

    /// <summary>One of them.</summary>
    /// <param name="evidence">The three.</param>
    /// <param name="question">0, 1 or 2, in the order of <see cref="Pack"/>.</param>
    public static bool? Read(byte evidence, int question) => ((evidence >> (question * Bits)) & (Yes | No)) switch
    {
        Yes => true,
        No => false,
        _ => null,
    };

    private static int Of(bool? answer) => answer switch
    {
        true => Yes,
        false => No,
        null => 0,
    };
}
