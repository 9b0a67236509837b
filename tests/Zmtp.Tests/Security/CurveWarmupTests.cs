using Zmtp.Security;

namespace Zmtp.Tests.Security;

public sealed class CurveWarmupTests
{
    [Fact]
    public void Run_Always_GoesAllTheWay() => Assert.True(CurveWarmup.Run());
}
