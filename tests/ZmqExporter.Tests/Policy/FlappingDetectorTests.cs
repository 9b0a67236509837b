using CsCheck;
using ZmqExporter.Policy;

namespace ZmqExporter.Tests.Policy;

public sealed class FlappingDetectorTests
{
    private const long Window = 100;

    [Theory]
    [InlineData("UDUDU", 4)]
    [InlineData("USDUSDU", 4)] // by way of suspect: once, at the down
    [InlineData("UGUGUGU", 0)] // up and degraded are the same side
    [InlineData("GDGDU", 4)]
    [InlineData("USUSUSUS", 0)]
    [InlineData("?D?D?D", 0)] // unknown is no side, and the first side is no change
    [InlineData("?U?D?U", 2)] // the side before unknown is remembered
    [InlineData("U?U?U", 0)]
    [InlineData("SD", 0)]
    public void IsFlapping_States_CountsOnlyChangesOfSide(string states, int changes)
    {
        for (var limit = 1; limit <= 6; limit++)
        {
            var detector = new FlappingDetector(limit, TimeSpan.FromTicks(Window));
            foreach (var letter in states)
            {
                detector.Observe(Parse(letter), new(1));
            }

            Assert.Equal(changes >= limit, detector.IsFlapping(new(1)));
        }
    }

    [Fact]
    public void IsFlapping_TimePasses_Ends()
    {
        var detector = new FlappingDetector(2, TimeSpan.FromTicks(Window));
        detector.Observe(TargetState.Up, new(0));
        detector.Observe(TargetState.Down, new(10));
        Assert.False(detector.IsFlapping(new(10)));
        detector.Observe(TargetState.Up, new(50));
        Assert.True(detector.IsFlapping(new(50)));
        Assert.True(detector.IsFlapping(new(10 + Window)));
        Assert.False(detector.IsFlapping(new(10 + Window + 1)));
    }

    [Fact]
    public void IsFlapping_Off_Never()
    {
        var detector = new FlappingDetector(0, TimeSpan.FromTicks(Window));
        foreach (var letter in "UDUDUDUD")
        {
            detector.Observe(Parse(letter), new(1));
            Assert.False(detector.IsFlapping(new(1)));
        }
    }

    [Fact]
    public void IsFlapping_AnyHistory_AgreesWithAFullList() =>
        Gen.Select(Gen.Int[1, 6], Gen.Select(Gen.Int[0, 4], Gen.Int[0, 60]).Array[0, 40]).Sample(
            (limit, steps) =>
            {
                var detector = new FlappingDetector(limit, TimeSpan.FromTicks(Window));
                var changes = new List<long>();
                var side = ' ';
                var now = 0L;
                foreach (var (index, delay) in steps)
                {
                    now += delay;
                    var letter = "?USGD"[index];
                    detector.Observe(Parse(letter), new(now));
                    var next = letter == 'G' ? 'U' : letter;
                    if (next is 'U' or 'D')
                    {
                        if (side != ' ' && side != next)
                        {
                            changes.Add(now);
                        }

                        side = next;
                    }

                    Assert.Equal(changes.Count(change => now - change <= Window) >= limit, detector.IsFlapping(new(now)));
                }
            },
            iter: 5_000);

    private static TargetState Parse(char letter) => letter switch
    {
        'U' => TargetState.Up,
        'S' => TargetState.Suspect,
        'G' => TargetState.Degraded,
        'D' => TargetState.Down,
        _ => TargetState.Unknown,
    };
}
