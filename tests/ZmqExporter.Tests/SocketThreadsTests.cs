using System.Net.Sockets;
using System.Text;

namespace ZmqExporter.Tests;

public class SocketThreadsTests
{
    // .NET ignores a variable that it does not know, and nobody would notice but by the CPU time.
    [Theory]
    [InlineData(SocketThreads.Inline)]
    [InlineData(SocketThreads.Count)]
    public void Variable_OfThisDotNet_IsRead(string variable)
    {
        var code = File.ReadAllBytes(typeof(Socket).Assembly.Location);
        Assert.True(code.AsSpan().IndexOf(Encoding.Unicode.GetBytes(variable)) >= 0, $"System.Net.Sockets does not know {variable}");
    }
}
