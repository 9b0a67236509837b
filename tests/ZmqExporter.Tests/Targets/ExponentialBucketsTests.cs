using CsCheck;
using ZmqExporter.Targets;

namespace ZmqExporter.Tests.Targets;

public sealed class ExponentialBucketsTests
{
    [Fact]
    public void Observe_AnyDurations_EachLiesWithinItsBucket() =>
        Gen.Double[1e-6, 128].Array[0, 200].Sample(durations =>
        {
            var buckets = new ExponentialBuckets();
            foreach (var duration in durations)
            {
                buckets.Observe(duration);
            }

            var snapshot = buckets.Snapshot();
            Assert.Equal(snapshot.Buckets.OrderBy(bucket => bucket.Index).Select(bucket => bucket.Index).Distinct(), snapshot.Buckets.Select(bucket => bucket.Index));
            foreach (var bucket in snapshot.Buckets)
            {
                var (low, high) = (Math.Pow(2, (bucket.Index - 1) / 8.0), Math.Pow(2, bucket.Index / 8.0));
                Assert.Equal(durations.Count(duration => duration > low && duration <= high), bucket.Count);
            }

            Assert.Equal(durations.Length, snapshot.Buckets.Sum(bucket => bucket.Count));
        });

    [Theory]
    [InlineData(1.0, 0)]
    [InlineData(0.5, -8)]
    [InlineData(2.0, 8)]
    [InlineData(1e-9, -160)] // below what is told apart
    [InlineData(1e9, 56)]
    public void Observe_EdgeOfABucket_BelongsToIt(double seconds, int index)
    {
        var buckets = new ExponentialBuckets();
        buckets.Observe(seconds);
        Assert.Equal(new ExponentialBucket((short)index, 1), Assert.Single(buckets.Snapshot().Buckets));
    }

    [Fact]
    public void Observe_Zero_IsCountedApart()
    {
        var buckets = new ExponentialBuckets();
        buckets.Observe(0);
        Assert.Equal(1, buckets.Snapshot().Zeros);
        Assert.Empty(buckets.Snapshot().Buckets);
    }
}
