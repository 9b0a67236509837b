namespace ZmqExporter.Probing;

/// <summary>What a feed's times say at one moment.</summary>
internal enum FeedState
{
    /// <summary>Its last sign of life is young enough.</summary>
    Fresh,

    /// <summary>No message since the connect, and none has to have come yet.</summary>
    Waiting,

    /// <summary>Its last sign of life is too old, but the connection was renewed since, and a message may have been lost with the old one.</summary>
    Reprieved,

    /// <summary>Nothing came for too long.</summary>
    Silent,
}

/// <summary>When what happened on a subscription. Timestamps; 0 stands for never.</summary>
/// <param name="LastMessage">The last message of any kind.</param>
/// <param name="LastSign">The last message that shows that the feed lives: not one that our own reconnect may have produced.</param>
/// <param name="Opened">The connection in use, or the last one.</param>
/// <param name="BurstEnd">When messages on that connection begin to count as signs of life; 0 when all of them do.</param>
/// <param name="InBurst">How many messages came since the last sign of life that were none.</param>
/// <param name="FreshUntil">How long the last sign of life is young enough.</param>
/// <param name="GraceUntil">When the grace ends that a new connection gets. It begins with the first connection since the last sign of
/// life, so that reconnecting forever gives no grace forever; 0 when a sign came since.</param>
/// <param name="ReprieveUntil">When the reprieve after a renewal ends.</param>
/// <param name="Total">How many messages came so far.</param>
internal readonly record struct FeedTimes(
    Timestamp LastMessage,
    Timestamp LastSign,
    Timestamp Opened,
    Timestamp BurstEnd,
    long InBurst,
    Timestamp FreshUntil,
    Timestamp GraceUntil,
    Timestamp ReprieveUntil,
    long Total)
{
    /// <summary>Of heartbeats: the time until the next one, as the last one said.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>What they say at a moment.</summary>
    public FeedState At(Timestamp now)
    {
        if (LastSign.IsSet && now <= FreshUntil)
        {
            return FeedState.Fresh;
        }

        return now < GraceUntil ? FeedState.Waiting : now < ReprieveUntil ? FeedState.Reprieved : FeedState.Silent;
    }
}
