using System.Runtime.CompilerServices;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>How the methods are compiled that a scrape of very many targets runs a million times.</summary>
internal static class FirstScrape
{
    /// <summary>Optimised from their first call: else the first scrapes run code that is not, and take several times as long.</summary>
    public const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;
}
