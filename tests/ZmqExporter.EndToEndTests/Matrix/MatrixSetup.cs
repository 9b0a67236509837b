namespace ZmqExporter.EndToEndTests.Matrix;

/// <summary>
/// Servers and the exporter that probes them, for all tests of a class. They start with the first test that asks for them, because xunit
/// makes every class fixture at the start of the run, and would let them probe beside all other tests.
/// </summary>
public abstract class MatrixSetup : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _owned = new();
    private readonly Lazy<Task<ExporterProcess>> _exporter;

    private protected MatrixSetup() => _exporter = new Lazy<Task<ExporterProcess>>(async () => Own(await StartAsync()));

    internal Task<ExporterProcess> ExporterAsync() => _exporter.Value;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        while (_owned.TryPop(out var part))
        {
            await part.DisposeAsync();
        }
    }

    /// <summary>Starts the servers and then the exporter.</summary>
    private protected abstract Task<ExporterProcess> StartAsync();

    /// <summary>Lets a part end with this.</summary>
    private protected T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _owned.Push(part);
        return part;
    }
}
