using System.Net.Sockets;

namespace Zmtp.Sockets;

/// <summary>What a <see cref="ConnectionReceiver"/> tells its connection, one call at a time.</summary>
internal interface IReceiverOwner
{
    /// <summary>Whether what some hundred bytes bring now is handled in some microseconds, and waits for nobody.</summary>
    bool IsQuick { get; }

    /// <summary>Bytes came in; none are the end of the stream.</summary>
    /// <returns>Whether to go on reading.</returns>
    bool OnReceived(ReadOnlySpan<byte> bytes);

    /// <summary>Reading failed.</summary>
    void OnReceiveFailed(SocketError error);

    /// <summary>There was no memory for what came.</summary>
    void OnOutOfMemory();

    /// <summary>The receiver runs no more: it makes no further call.</summary>
    void OnReceiverEnded();
}
