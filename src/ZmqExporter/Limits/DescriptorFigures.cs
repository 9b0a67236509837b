namespace ZmqExporter.Limits;

/// <summary>The numbers that <see cref="DescriptorGuard"/> goes by.</summary>
/// <param name="Limit">How many files this process may open.</param>
/// <param name="Open">How many are open; null when that cannot be told.</param>
/// <param name="HttpConnections">How many of those are connections to the own port.</param>
/// <param name="MostHttpConnections">How many of these there may be.</param>
internal sealed record DescriptorFigures(Func<int> Limit, Func<int?> Open, Func<int> HttpConnections, int MostHttpConnections)
{
    /// <summary>How many more this process could open; more than any number where that cannot be told.</summary>
    public double Free => Open() is { } open ? Limit() - open : double.PositiveInfinity;

    /// <summary>Those of this process.</summary>
    /// <param name="time">For the count on older kernels.</param>
    /// <param name="httpConnections">How many connections to the own port are open.</param>
    /// <param name="mostHttpConnections">How many there may be.</param>
    public static DescriptorFigures OfThisProcess(TimeProvider time, Func<int> httpConnections, int mostHttpConnections)
    {
        var count = new DescriptorCount(time);
        return new DescriptorFigures(OpenFileLimit.Read, Count, httpConnections, mostHttpConnections + 1); // one too many, before it is closed

        int? Count()
        {
            try
            {
                return OperatingSystem.IsLinux() ? count.Read() : null;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null; // no /proc here
            }
        }
    }
}
