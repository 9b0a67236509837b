using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ZmqExporter.Http.Protection;

/// <summary>Where Kestrel listens, and with what in front.</summary>
internal static class Listening
{
    /// <summary>Listens on one address.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="listen">The address.</param>
    /// <param name="isTls">Whether clients have to speak TLS.</param>
    public static void ListenOn(this KestrelServerOptions kestrel, ListenAddress listen, bool isTls)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        if (listen.UnixPath is { } path)
        {
            kestrel.ListenUnixSocket(path, Configure);
        }
        else if (listen.Address is { } address)
        {
            kestrel.Listen(address, listen.Port, Configure);
        }
        else if (listen.IsLocalhost)
        {
            kestrel.ListenLocalhost(listen.Port, Configure);
        }
        else
        {
            kestrel.ListenAnyIP(listen.Port, Configure);
        }

        void Configure(ListenOptions options) => Protect(options, isTls);
    }

    /// <summary>Listens on the sockets that systemd has opened.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="isTls">Whether clients have to speak TLS.</param>
    public static void ListenOnSystemdSockets(this KestrelServerOptions kestrel, bool isTls)
    {
        SystemdSockets.CloseInChildren();
        kestrel.UseSystemd(options => Protect(options, isTls));
    }

    private static void Protect(ListenOptions options, bool isTls)
    {
        options.UseConnectionGate(); // before any handshake
        if (isTls)
        {
            options.UseHttps(options.ApplicationServices.GetRequiredService<TlsHandshakes>().Options);
        }
    }
}
