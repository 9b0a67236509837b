namespace Zmtp.Wire;

/// <summary>Takes what is to be sent to the peer. Thread-safe.</summary>
internal interface IByteOutput
{
    /// <summary>Sends bytes as they are.</summary>
    void Send(ReadOnlySpan<byte> bytes);
}
