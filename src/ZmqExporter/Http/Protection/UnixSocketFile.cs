using System.Net.Sockets;
using ZmqExporter.Configuration;

namespace ZmqExporter.Http.Protection;

/// <summary>The file of a Unix socket that an exporter left behind which was killed: nobody can listen there until it is gone.</summary>
internal static class UnixSocketFile
{
    /// <summary>Removes the file if it is a socket that nobody listens on. Never throws: what stays in the way shows when we listen.</summary>
    public static void RemoveStale(string path)
    {
        try
        {
            if (FileStatus.Of(path) is { Kind: FileKind.Socket } && !HasListener(path))
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException or ArgumentException)
        {
        }
    }

    private static bool HasListener(string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }
}
