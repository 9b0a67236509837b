namespace Zmtp.Connections;

/// <summary>Makes connections again.</summary>
internal interface IReconnects
{
    /// <summary>Makes an attempt. Called on a pool thread, and not under the owner's lock.</summary>
    /// <param name="timeout">How long it may take.</param>
    void Retry(TimeSpan timeout);
}
