using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Zmtp.Tests.Support;

/// <summary>Keeps what a receiver reads, and on which threads.</summary>
internal sealed class TextReceiver : IReceiverOwner
{
    private readonly StringBuilder _text = new();
    private int _ends;

    public bool IsQuick { get; set; }

    public ManualResetEventSlim Goes { get; } = new(initialState: true);

    public ConcurrentQueue<string?> Threads { get; } = [];

    public int Ends => Volatile.Read(ref _ends);

    public int Length
    {
        get
        {
            lock (_text)
            {
                return _text.Length;
            }
        }
    }

    public string Text
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    public bool OnReceived(ReadOnlySpan<byte> bytes)
    {
        Threads.Enqueue(Thread.CurrentThread.Name);
        lock (_text)
        {
            _text.Append(Encoding.ASCII.GetString(bytes));
        }

        Goes.Wait();
        return !bytes.IsEmpty;
    }

    public void OnReceiveFailed(SocketError error)
    {
    }

    public void OnOutOfMemory()
    {
    }

    public void OnReceiverEnded() => Interlocked.Increment(ref _ends);

    public void WaitForTheEnd() => Eventually.True(() => Ends > 0);
}
