using Microsoft.Extensions.Time.Testing;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

/// <summary>What every test of a prober has: a time that the test moves, a link to a scripted peer, and an observer.</summary>
public abstract class ProberTestBase : IDisposable
{
    private protected readonly FakeTimeProvider _time = new();
    private protected readonly FakeLink _link;
    private protected readonly Observer _observer = new();

    private protected ProberTestBase() => _link = new FakeLink(_time);

    /// <inheritdoc />
    public void Dispose()
    {
        _link.Dispose();
        GC.SuppressFinalize(this);
    }
}
