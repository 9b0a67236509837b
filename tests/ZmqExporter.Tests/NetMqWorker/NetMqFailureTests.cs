using NetMQ;
using ZmqExporter.NetMqWorker;
using Zmtp;

namespace ZmqExporter.Tests.NetMqWorker;

public sealed class NetMqFailureTests
{
    [Fact]
    public void Of_NetMqException_NamesItsCode()
    {
        var error = NetMqFailure.Of(NetMQException.Create(ErrorCode.EmptyThread));

        Assert.Equal(ZmtpErrorCode.Local, error.Code);
        Assert.StartsWith("NetMQ failed: NetMQException EmptyThread: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NetMqExceptionWithAMessage_SaysItToo() => Assert.Equal(
        "NetMQ failed: NetMQException TooManyOpenSockets: no slot is left",
        NetMqFailure.Of(NetMQException.Create("no slot is left", ErrorCode.TooManyOpenSockets)).Message);

    [Fact]
    public void Of_AnotherException_NamesItAndSaysWhat() => Assert.Equal(
        "NetMQ failed: InvalidOperationException: broken", NetMqFailure.Of(new InvalidOperationException("broken")).Message);
}
