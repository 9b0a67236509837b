namespace Zmtp.Looking;

/// <summary>How long a look takes.</summary>
public sealed record LookOptions
{
    /// <value>How long all of it may take. Default 2 s.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <value>How long the peer may speak first: so long nothing is sent. At most a third of the timeout. Default 300 ms.</value>
    public TimeSpan ListenFirst { get; init; } = TimeSpan.FromMilliseconds(300);
}
