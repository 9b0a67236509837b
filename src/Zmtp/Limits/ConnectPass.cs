using System.Net;
using Zmtp.Wire;

namespace Zmtp.Limits;

/// <summary>One connection that the <see cref="ConnectGate"/> has let pass. Thread-safe.</summary>
internal sealed class ConnectPass(ConnectGate gate, IPEndPoint address)
{
    private int _left;

    /// <summary>The connection is made, or came to nothing. Further calls do nothing.</summary>
    public void Leave()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            gate.Leave(address);
        }
    }

    /// <summary>The connection was closed by us first, so that its port stays in TIME_WAIT.</summary>
    /// <param name="hasTimestamps">Whether it had TCP timestamps.</param>
    public void KeepPort(bool hasTimestamps) => gate.KeepPort(address, hasTimestamps);
}
