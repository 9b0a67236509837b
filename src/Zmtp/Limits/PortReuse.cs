namespace Zmtp.Limits;

/// <summary>For which connections the kernel takes a local port again that is still in TIME_WAIT (tcp_tw_reuse).</summary>
internal enum PortReuse
{
    /// <summary>For none.</summary>
    Nowhere,

    /// <summary>For those within the host.</summary>
    OnLoopback,

    /// <summary>For all to peers with TCP timestamps.</summary>
    Everywhere,
}
