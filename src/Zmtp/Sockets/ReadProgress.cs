namespace Zmtp.Sockets;

/// <summary>What came of a read.</summary>
internal enum ReadProgress
{
    /// <summary>The socket is empty now.</summary>
    Empty,

    /// <summary>It was emptied by this read.</summary>
    Emptied,

    /// <summary>There may be more in it.</summary>
    More,

    /// <summary>The connection is over.</summary>
    Over,
}
