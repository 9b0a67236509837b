using ZmqExporter.Limits;

namespace ZmqExporter.Tests.Limits;

public sealed class OpenFilesTests
{
    [Fact]
    public void Read_OnLinux_IsTheSoftLimitThatProcShows()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems have other limits");
        var line = Assert.Single(File.ReadLines("/proc/self/limits"), line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[1];
        Assert.Equal(soft, OpenFileLimit.Read() is var limit && limit == int.MaxValue ? "unlimited" : limit.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void DescriptorCount_SizeAndList_Agree()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the figures come from /proc");
        var listed = new DescriptorCount(TimeProvider.System).ReadList();
        Assert.InRange(listed, 3, 10_000);
        if (OperatingSystem.IsLinux() && Environment.OSVersion.Version >= new Version(6, 2))
        {
            Assert.InRange(DescriptorCount.ReadSize(), listed - 50, listed + 50); // other tests open and close some meanwhile
        }
    }
}
