using System.Net;
using ZmqExporter.Http;

namespace ZmqExporter.Tests.Http.Protection;

public sealed class OwnConnectionTests
{
    private static readonly IPEndPoint Client = new(IPAddress.Loopback, 40_000);
    private static readonly IPEndPoint Server = new(IPAddress.Loopback, 19_555);

    [Fact]
    public void Is_BeforeAndAfter_IsNobody()
    {
        var own = new OwnConnection();
        Assert.False(own.Is(Client, Server));
        own.Begin(Client, Server);
        Assert.True(own.Is(Client, Server));
        own.End();
        Assert.False(own.Is(Client, Server));
        Assert.False(own.Is(null, null));
    }

    [Fact]
    public void Is_AnyOtherEnd_IsAnotherConnection()
    {
        var own = new OwnConnection();
        own.Begin(Client, Server);

        Assert.False(own.Is(new IPEndPoint(Client.Address, Client.Port + 1), Server));
        Assert.False(own.Is(Client, new IPEndPoint(Server.Address, Server.Port + 1))); // somebody with our port who asks another one
        Assert.False(own.Is(new IPEndPoint(IPAddress.Parse("127.0.0.2"), Client.Port), Server));
        Assert.False(own.Is(null, Server));
    }

    [Fact]
    public void Is_SeenByASocketOfBothFamilies_IsTheSame()
    {
        var own = new OwnConnection();
        own.Begin(Client, Server);

        Assert.True(own.Is(new IPEndPoint(Client.Address.MapToIPv6(), Client.Port), new IPEndPoint(Server.Address.MapToIPv6(), Server.Port)));
    }

    [Fact]
    public void Begin_WithoutAnAddress_IsNobody()
    {
        var own = new OwnConnection();
        own.Begin(null, Server);
        Assert.False(own.Is(null, Server));
    }
}
