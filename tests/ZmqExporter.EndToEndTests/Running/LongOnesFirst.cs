using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(ZmqExporter.EndToEndTests.Running.LongOnesFirst))]

namespace ZmqExporter.EndToEndTests.Running;

/// <summary>
/// Starts the classes that wait for minutes (<see cref="WaitsLongAttribute"/>) before all others, which fill the time in which they wait. Started last, each
/// would be waited for alone.
/// </summary>
public sealed class LongOnesFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        .. typeof(LongOnesFirst).Assembly.GetTypes().Where(type => type.IsDefined(typeof(WaitsLongAttribute), inherit: false)).Select(type => type.FullName!),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderByDescending(IsLong)];

    // A class that names no collection is one, and gives it its name.
    private static bool IsLong<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection => Long.Any(name => collection.TestCollectionDisplayName.EndsWith(" " + name, StringComparison.Ordinal)
            || collection.TestCollectionDisplayName.Contains(" " + name + " ", StringComparison.Ordinal));
}
