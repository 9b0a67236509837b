namespace Zmtp.Sockets;

/// <summary>Is notified when its socket has something to say.</summary>
internal interface IWatchedSocket
{
    /// <summary>
    /// There is something to read, or room to write, or the end has come; once for all that comes until the socket was found empty. On the
    /// thread that watches all sockets: what takes longer than some microseconds, or may wait for anybody, belongs to the pool. Must not
    /// throw: that would end the process.
    /// </summary>
    /// <param name="isEnding">Whether the peer has ended the stream, or the connection has failed.</param>
    void OnReady(bool isEnding);
}
