using Zmtp.Security;

namespace Zmtp.Tests.Security;

public sealed class CurveRehearsalTests
{
    [Fact]
    public void Run_Always_GoesAllTheWay() => Assert.True(CurveRehearsal.Run());
}
