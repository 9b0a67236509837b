using ZmqExporter.Http.Protection;

namespace ZmqExporter.Tests.Http.Protection;

public sealed class SystemdSocketsTests
{
    [Theory]
    [InlineData("42", "1", true)]
    [InlineData("42", "3", true)]
    [InlineData("42", "0", false)]
    [InlineData("42", null, false)]
    [InlineData("42", "x", false)]
    [InlineData("41", "1", false)] // meant for the process that started us
    [InlineData(null, "1", false)]
    public void Exist_OnlyWhenTheyAreOurs(string? process, string? count, bool exist) =>
        Assert.Equal(exist, SystemdSockets.Exist(name => name == "LISTEN_PID" ? process : count, 42));
}
