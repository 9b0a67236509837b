namespace ZmqExporter.Limits;

/// <summary>The numbers that <see cref="DescriptorGuard"/> goes by.</summary>
/// <param name="Limit">How many files this process may open.</param>
/// <param name="Open">How many are open; null when that is unknown.</param>
/// <param name="HttpConnections">How many of those are connections to the own port.</param>
/// <param name="MostHttpConnections">How many of these there may be when this process may open so many files; grows by less than that.</param>
/// <param name="LimitChanged">Takes the limit when it is another one, so that no more connections to the own port are accepted than that.</param>
internal sealed record DescriptorFigures(
    Func<int> Limit, Func<int?> Open, Func<int> HttpConnections, Func<int, int> MostHttpConnections, Action<int>? LimitChanged = null)
{
    /// <summary>How many more this process could open; more than any number where that is unknown.</summary>
    public double Free => Open() is { } open ? Limit() - open : double.PositiveInfinity;

    /// <summary>Those of this process.</summary>
    /// <param name="time">For the count on older kernels.</param>
    /// <param name="httpConnections">How many connections to the own port are open.</param>
    /// <param name="mostHttpConnections">How many there may be with a limit of files.</param>
    /// <param name="limitChanged">Takes that limit when it changes.</param>
    public static DescriptorFigures OfThisProcess(
        TimeProvider time, Func<int> httpConnections, Func<int, int> mostHttpConnections, Action<int> limitChanged)
    {
        var count = new DescriptorCount(time);
        return new DescriptorFigures(OpenFileLimit.Read, Count, httpConnections, mostHttpConnections, limitChanged);

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
