namespace Zmtp.Tests;

public sealed class PingTrackerTests
{
    private const long Limit = 100;

    private readonly byte[] _context = new byte[PingTracker.ContextLength];
    private PingTracker _pings;

    [Fact]
    public void Start_EachTime_HasAContextOfItsOwn()
    {
        var contexts = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 1000; i++)
        {
            _pings.Start(_context, new(1));
            contexts.Add(Convert.ToHexString(_context));
        }

        Assert.Equal(1000, contexts.Count);
    }

    [Fact]
    public void TryComplete_OwnContext_IsAnAnswerOnce()
    {
        _pings.Start(_context, new(1));
        Assert.True(_pings.TryComplete(_context));
        Assert.False(_pings.TryComplete(_context));
    }

    [Fact]
    public void TryComplete_NothingWasAsked_IsNoAnswer()
    {
        Assert.False(_pings.TryComplete([]));
        Assert.False(_pings.TryComplete(new byte[PingTracker.ContextLength])); // zeros are no context either
    }

    [Fact]
    public void TryComplete_WhatServersMakeOfAContext_IsAnAnswer()
    {
        foreach (var made in new Func<byte[], byte[]>[] { _ => [], context => [.. context, 0], context => [.. context, .. new byte[300]] })
        {
            _pings.Start(_context, new(1));
            Assert.True(_pings.TryComplete(made(_context)));
        }
    }

    [Fact]
    public void TryComplete_OtherContext_IsNoAnswer()
    {
        _pings.Start(_context, new(1));
        var other = _context.ToArray();
        other[^1]++;
        Assert.False(_pings.TryComplete(other));
        Assert.False(_pings.TryComplete(_context.AsSpan(0, 7))); // the start of ours is not ours
        Assert.False(_pings.TryComplete([0, .. _context]));
        Assert.True(_pings.TryComplete(_context)); // it is still awaited
    }

    [Fact]
    public void TryComplete_AnswerToAnEarlierPing_IsNoAnswerToThis()
    {
        _pings.Start(_context, new(1));
        var first = _context.ToArray();
        _pings.Start(_context, new(2));
        Assert.False(_pings.TryComplete(first));
        Assert.True(_pings.TryComplete(_context));
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1000 + Limit, true)]
    [InlineData(1000 + Limit + 1, false)]
    public void Ended_SoonAfterTheFirstPing_IsItsDoing(long closedAt, bool expected)
    {
        _pings.Start(_context, new(1000));
        Assert.Equal(expected, _pings.Ended(new(closedAt), TimeSpan.FromTicks(Limit)));
    }

    [Fact]
    public void Ended_WithoutAPing_HasAnotherCause() => Assert.False(_pings.Ended(new(1), TimeSpan.FromTicks(Limit)));

    [Fact]
    public void Ended_AfterAnyPong_HasAnotherCause()
    {
        _pings.Start(_context, new(1000));
        Assert.True(_pings.TryComplete(_context));
        Assert.False(_pings.Ended(new(1001), TimeSpan.FromTicks(Limit)));
    }

    [Fact]
    public void Ended_WhoPutUpWithTheFirstPing_HasAnotherCause()
    {
        _pings.Start(_context, new(1000));
        _pings.Start(_context, new(2000));
        Assert.False(_pings.Ended(new(2001), TimeSpan.FromTicks(Limit)));
    }
}
