namespace Zmtp.Timing;

/// <summary>What <see cref="TimeSpan"/> lacks.</summary>
public static class TimeSpanExtensions
{
    extension(TimeSpan)
    {
        /// <summary>The longer one of two.</summary>
        public static TimeSpan Max(TimeSpan left, TimeSpan right) => left >= right ? left : right;

        /// <summary>The shorter one of two.</summary>
        public static TimeSpan Min(TimeSpan left, TimeSpan right) => left <= right ? left : right;
    }
}
