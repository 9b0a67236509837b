namespace Zmtp;

/// <summary>How long the phases of making a connection took, or had taken when one failed; null for a phase that was not reached.</summary>
/// <param name="Resolve">From the name to its addresses; null for an endpoint that is an address.</param>
/// <param name="Connect">TCP, over all addresses that were tried.</param>
/// <param name="Handshake">From the TCP connection to the peer's READY.</param>
public readonly record struct ConnectionTimings(TimeSpan? Resolve, TimeSpan? Connect, TimeSpan? Handshake);
