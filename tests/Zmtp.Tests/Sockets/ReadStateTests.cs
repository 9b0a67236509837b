namespace Zmtp.Tests.Sockets;

public sealed class ReadStateTests
{
    private ReadState _state;

    [Fact]
    public void TryStart_WhileSomebodyReads_IsLeftToThatOne()
    {
        Assert.False(_state.TryStart()); // before it begins
        _state.Begin();
        Assert.False(_state.TryStart());
        Assert.False(_state.TryStart());

        Assert.False(_state.TryRest()); // looks once more, however often it was told
        Assert.True(_state.TryRest());
        Assert.True(_state.TryStart());
    }

    [Fact]
    public void TryStart_ManyThatNotify_OneReadsAtATimeAndNothingIsLeft()
    {
        const int Notifiers = 3;
        const int Each = 20_000;
        _state.Begin();
        Assert.True(_state.TryRest());
        var (come, seen, reading, together) = (0, 0, 0, 0);
        Thread[] notifiers = [.. Enumerable.Range(0, Notifiers).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                Interlocked.Increment(ref come);
                if (!_state.TryStart())
                {
                    continue;
                }

                do
                {
                    together += Interlocked.Increment(ref reading) == 1 ? 0 : 1;
                    Volatile.Write(ref seen, Volatile.Read(ref come));
                    Interlocked.Decrement(ref reading);
                }
                while (!_state.TryRest());
            }
        }))];
        Array.ForEach(notifiers, thread => thread.Start());
        Array.ForEach(notifiers, thread => thread.Join());

        Assert.Equal((0, Notifiers * Each), (together, seen));
    }

    [Fact]
    public void End_IsForGood()
    {
        _state.Begin();
        _state.End();

        Assert.True(_state.HasEnded);
        Assert.False(_state.TryStart());
        Assert.True(_state.HasEnded);
    }
}
