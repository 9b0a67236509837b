using ZmqExporter.Http;

namespace ZmqExporter.Tests.Http;

public sealed class HttpLimitsTests
{
    [Theory]
    [InlineData(int.MaxValue, 256, 64)]
    [InlineData(1_048_576, 256, 64)]
    [InlineData(1_024, 128, 32)] // the usual soft limit
    [InlineData(512, 42, 10)]
    [InlineData(262, 16, 8)]
    public void For_Descriptors_LeavesMostToTheTargets(int descriptors, int connections, int perAddress)
    {
        var limits = HttpLimits.For(descriptors, long.MaxValue);
        Assert.Equal((connections, perAddress), (limits.Connections, limits.ConnectionsPerAddress));
    }

    [Theory]
    [InlineData(long.MaxValue, 96 << 20)]
    [InlineData(512 << 20, 32 << 20)]
    public void For_Memory_LeavesMostToTheTargets(long memory, long bytes)
    {
        var limits = HttpLimits.For(int.MaxValue, memory);
        Assert.Equal((bytes, bytes / 3), (limits.Bytes, limits.BytesPerAddress));
    }
}
