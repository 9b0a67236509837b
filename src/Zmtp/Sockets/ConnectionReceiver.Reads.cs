using System.Buffers;
using System.Net.Sockets;

namespace Zmtp.Sockets;

/// <content>One read. Needs the turn, as everything here.</content>
internal sealed partial class ConnectionReceiver
{
    private const int SmallSize = 512; // on the stack: most answers fit
    private const int LargeSize = 32 * 1024; // rented while the peer has more to say

    private ReadProgress ReadOnce()
    {
        try
        {
            return ReadAny();
        }
        catch (OutOfMemoryException)
        {
            // On a thread of the network it would end the process. What this connection holds is enough for others to go on.
            _owner.OnOutOfMemory();
            return ReadProgress.Over;
        }
    }

    private ReadProgress ReadAny()
    {
        if (!_isBusy)
        {
            Span<byte> small = stackalloc byte[SmallSize];
            return ReadInto(small);
        }

        var large = ArrayPool<byte>.Shared.Rent(LargeSize);
        var progress = ReadInto(large);
        ArrayPool<byte>.Shared.Return(large);
        return progress;
    }

    private ReadProgress ReadInto(Span<byte> buffer)
    {
        int count;
        SocketError error;
        try
        {
            (count, error) = (0, _failed);
            if (error == SocketError.Success)
            {
                count = _reader.Read(buffer, out error);
            }
        }
        catch (ObjectDisposedException)
        {
            return ReadProgress.Over;
        }

        if (error == SocketError.WouldBlock)
        {
            return ReadProgress.Empty;
        }

        if (_isQuickTurn && count == 0)
        {
            _failed = error; // the end is the pool's, which reads it once more
            return ReadProgress.More;
        }

        if (error != SocketError.Success)
        {
            _owner.OnReceiveFailed(error);
            return ReadProgress.Over;
        }

        var isFull = count == buffer.Length;
        _total += count;
        _isBusy = isFull || (_isBusy && count >= SmallSize);
        if (!_owner.OnReceived(buffer[..count]))
        {
            return ReadProgress.Over;
        }

        if (isFull)
        {
            return ReadProgress.More;
        }

        if (!_mayStopShort)
        {
            _reader.Emptied();
        }

        return ReadProgress.Emptied;
    }
}
