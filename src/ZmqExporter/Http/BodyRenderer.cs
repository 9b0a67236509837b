namespace ZmqExporter.Http;

/// <summary>Renders bodies one after another, so that scrapers never take more than one core. Thread-safe.</summary>
/// <remarks>Those who ask for the same body while another one is rendered share the next one. It begins after all of them have asked: nobody
/// gets anything that was read before.</remarks>
internal sealed class BodyRenderer
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (RenderedBody Body, Task Rendering)> _next = new(StringComparer.Ordinal);
    private Task _last = Task.CompletedTask;

    /// <summary>Gives a body that was rendered after this call. The caller releases it.</summary>
    /// <param name="key">Says which bodies are the same.</param>
    /// <param name="write">Writes it; may give up when nobody wants it any more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<RenderedBody> RenderAsync(string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        (RenderedBody Body, Task Rendering) next;
        lock (_gate)
        {
            if (!_next.TryGetValue(key, out next))
            {
                var body = new RenderedBody();
                next = (body, _last = RunAsync(key, body, write, _last));
                _next.Add(key, next);
            }

            next.Body.AddReader();
        }

        try
        {
            await next.Rendering.WaitAsync(cancellationToken);
            return next.Body;
        }
        catch
        {
            next.Body.Release();
            throw;
        }
    }

    private async Task RunAsync(string key, RenderedBody body, Func<Stream, CancellationToken, Task> write, Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_gate)
        {
            _next.Remove(key); // a request from now on gets another one
        }

        try
        {
            await body.RenderAsync(write);
        }
        finally
        {
            body.Release();
        }
    }
}
