using System.Net.Sockets;
using ZmqExporter.Http.Protection;

namespace ZmqExporter.Tests.Http.Protection;

/// <summary>The file of a Unix socket goes only when it is one, and nobody listens there.</summary>
public sealed class UnixSocketFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zmq_exporter-socket-");

    private string Name => Path.Combine(_directory.FullName, "beats.sock");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void RemoveStale_SocketOfAProcessThatWasKilled_IsGone()
    {
        using (Bind())
        {
            File.Move(Name, Name + ".kept"); // .NET removes the file by its name when the socket is closed
        }

        File.Move(Name + ".kept", Name);
        UnixSocketFile.RemoveStale(Name);

        Assert.False(File.Exists(Name));
    }

    [Fact]
    public void RemoveStale_SomebodyListens_LeavesIt()
    {
        using var listener = Bind();

        UnixSocketFile.RemoveStale(Name);

        Assert.True(File.Exists(Name));
    }

    [Fact]
    public void RemoveStale_NoSocket_LeavesItAndTheMissingOne()
    {
        UnixSocketFile.RemoveStale(Name);
        File.WriteAllText(Name, "a file of somebody's");

        UnixSocketFile.RemoveStale(Name);

        Assert.True(File.Exists(Name));
    }

    private Socket Bind()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Name));
        listener.Listen();
        return listener;
    }
}
