using CsCheck;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Tests.Targets.History;

public sealed class RingTests
{
    // Against a list that forgets from its beginning.
    [Fact]
    public void Add_AnyNumber_KeepsTheNewestInTheirOrder() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 130], Gen.Int[0, 40], Gen.Int[0, 50]).Sample((capacity, count, other, more) =>
        {
            var ring = new Ring<int>(Math.Max(1, capacity));
            for (var i = 0; i < count; i++)
            {
                ring.Add(i);
            }

            Assert.Equal(Enumerable.Range(0, count).TakeLast(Math.Max(1, capacity)), ring.Snapshot());
            var resized = ring.Resized(Math.Max(1, other));
            for (var i = count; i < count + more; i++)
            {
                resized.Add(i);
            }

            var kept = Enumerable.Range(0, count).TakeLast(Math.Max(1, capacity)).Concat(Enumerable.Range(count, more)).TakeLast(Math.Max(1, other)).ToArray();
            Assert.Equal(kept, resized.Snapshot());
            Assert.Equal(kept.Length == 0, resized.IsEmpty);
            Assert.True(kept.Length == 0 || kept[^1] == resized.Newest);
        });
}
