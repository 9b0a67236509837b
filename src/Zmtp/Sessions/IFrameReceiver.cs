namespace Zmtp.Sessions;

/// <summary>Takes the frames of messages, one after the other. One for each session, not thread-safe.</summary>
internal interface IFrameReceiver
{
    /// <summary>Whether any amount is welcome: what was subscribed to is no flood, however much it is.</summary>
    bool IsUnbounded { get; }

    /// <summary>How much of the next frame has to be at hand; of a longer one, the rest is skipped.</summary>
    int KeptLength { get; }

    /// <summary>How long the next frame may be.</summary>
    /// <param name="isBoxed">Whether all of it has to be held before anything is known of it.</param>
    int MaxLength(bool isBoxed);

    /// <summary>Takes a frame.</summary>
    /// <param name="isMore">Whether its message goes on.</param>
    /// <param name="head">The body, or the start of it: at least what <see cref="KeptLength"/> says. Only valid during the call.</param>
    /// <param name="length">Length of the whole body.</param>
    /// <returns>Why the conversation is over, or null.</returns>
    ZmtpError? OnFrame(bool isMore, ReadOnlySpan<byte> head, int length);

    /// <summary>Gives pooled memory back. Nothing is received afterwards.</summary>
    void Release();
}
