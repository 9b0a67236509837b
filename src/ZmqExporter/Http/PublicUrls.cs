namespace ZmqExporter.Http;

/// <summary>Where people reach what belongs together.</summary>
/// <param name="Exporter">This exporter; null when nobody said.</param>
/// <param name="Grafana">The Grafana that has its dashboards; null when nobody said.</param>
internal readonly record struct PublicUrls(PublicUrl? Exporter, PublicUrl? Grafana);
