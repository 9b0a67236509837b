namespace ZmqExporter.Configuration;

/// <summary>Where a message carries the time at which it was sent.</summary>
/// <param name="Source">Where.</param>
/// <param name="PerSecond">Units in a second, counted from 1970: 1, 1,000, 1,000,000 or 1,000,000,000; 0 for ISO 8601; null for whichever it is.</param>
internal sealed record SentAtConfig(SourceConfig Source, long? PerSecond);
