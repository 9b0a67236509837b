using System.Net.Sockets;
using Zmtp.Limits;
using Zmtp.Wire;

namespace Zmtp.Sockets;

/// <summary>A socket whose descriptor was taken from a budget. It goes back when the socket is closed, whoever does that, and not earlier.</summary>
internal sealed class BudgetedSocket : Socket
{
    private readonly DescriptorBudget? _budget;
    private int _isClosing;

    private BudgetedSocket(AddressFamily family, ProtocolType protocol, DescriptorBudget budget)
        : base(family, System.Net.Sockets.SocketType.Stream, protocol)
    {
        _budget = budget; // not before the base: a socket that could not be made has nothing to give back
    }

    /// <summary>Makes a stream socket.</summary>
    /// <param name="family">As a socket's.</param>
    /// <param name="protocol">The same.</param>
    /// <param name="budget">Where the caller has taken a descriptor for it. It has gone back when this throws.</param>
    /// <exception cref="SocketException">The kernel has no descriptors left, or no such addresses.</exception>
    public static BudgetedSocket Open(AddressFamily family, ProtocolType protocol, DescriptorBudget budget)
    {
        try
        {
            return new BudgetedSocket(family, protocol, budget);
        }
        catch
        {
            budget.Return();
            throw;
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        var isFirst = Interlocked.Exchange(ref _isClosing, 1) == 0;
        base.Dispose(disposing);
        if (isFirst)
        {
            _budget?.Return();
        }
    }
}
