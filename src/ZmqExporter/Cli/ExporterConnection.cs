using System.CommandLine;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ZmqExporter.Cli;

/// <summary>The flags about how to reach a running exporter, for all commands that ask one.</summary>
internal sealed class ExporterConnection
{
    private readonly Option<bool> _insecure = new("--insecure") { Description = "Accept any certificate of the exporter" };

    private readonly Option<string> _authorities = new("--ca-file")
    {
        Description = "Roots (PEM) that the exporter's certificate must come from, in place of this machine's",
        HelpName = "file",
    };

    private readonly Option<string> _certificate = new("--cert-file")
    {
        Description = "A certificate (PEM) to show, where the exporter asks for one",
        HelpName = "file",
    };

    private readonly Option<string> _key = new("--key-file") { Description = "The key (PEM) of --cert-file", HelpName = "file" };

    private readonly Option<string> _socket = new("--unix-socket")
    {
        Description = "Connect to this Unix socket, whatever the host of the address",
        HelpName = "path",
    };

    /// <summary>Adds the flags.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_insecure, _authorities, _certificate, _key, _socket])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(_certificate) is null != (result.GetResult(_key) is null))
            {
                result.AddError("--cert-file and --key-file belong together: write both");
            }
        });
    }

    /// <summary>Makes what connects; throws <see cref="IOException"/> or the like, or <see cref="CryptographicException"/>, for a bad file.</summary>
    public SocketsHttpHandler Create(ParseResult parsed)
    {
        // A proxy of the environment knows nothing of this host's loopback.
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (parsed.GetValue(_socket) is { } path)
        {
            handler.ConnectCallback = (_, cancellation) => ConnectAsync(path, cancellation);
        }

        if (parsed.GetValue(_insecure))
        {
#pragma warning disable CA5359, MA0039 // The user asked for it.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359, MA0039
        }
        else if (parsed.GetValue(_authorities) is { } file)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(file);
        }

        if (parsed.GetValue(_certificate) is { } certificate && parsed.GetValue(_key) is { } key)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPemFile(certificate, key), additionalCertificates: null, offline: true);
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
