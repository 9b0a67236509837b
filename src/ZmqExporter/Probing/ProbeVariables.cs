namespace ZmqExporter.Probing;

/// <summary>What the placeholders of one probe stand for.</summary>
/// <param name="Token">{token}</param>
/// <param name="Sequence">{sequence}: counts the probes of this target and module from 1.</param>
/// <param name="UnixMilliseconds">{unix_ms}: wall clock when the probe began.</param>
/// <param name="Captured">What its steps have captured so far; null in a module that captures nothing.</param>
internal readonly record struct ProbeVariables(ProbeToken Token, long Sequence, long UnixMilliseconds, CapturedValues? Captured = null);
