namespace ZmqExporter.Configuration;

/// <summary>A value of a reply that later steps of the same probe send or expect.</summary>
/// <param name="Name">What stands in braces there.</param>
/// <param name="Source">Where in the reply it is.</param>
internal sealed record CaptureConfig(string Name, SourceConfig Source)
{
    /// <summary>The most bytes of a captured value.</summary>
    public const int MaxLength = 8 * 1024;
}
