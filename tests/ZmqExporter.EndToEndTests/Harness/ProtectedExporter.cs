using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>An exporter with a web config, and clients for it.</summary>
internal sealed class ProtectedExporter : IAsyncDisposable
{
#pragma warning disable CA5359 // The tests judge certificates themselves.
    /// <summary>Takes whatever certificate the exporter shows.</summary>
    public static readonly RemoteCertificateValidationCallback AcceptAny = static (_, _, _, _) => true;
#pragma warning restore CA5359

    private readonly TempDirectory _directory;
    private readonly ExporterProcess _process;

    private ProtectedExporter(TempDirectory directory, ExporterProcess process)
    {
        _directory = directory;
        _process = process;
    }

    /// <summary>Where the web config and its files are.</summary>
    public string Directory => _directory.Path;

    /// <summary>The exporter itself.</summary>
    public ExporterProcess Process => _process;

    /// <summary>Starts an exporter.</summary>
    /// <param name="webConfig">The web config.</param>
    /// <param name="files">Files beside it, by name.</param>
    /// <param name="config">The configuration; one without targets when it is null.</param>
    /// <param name="prepare">Does something more to the directory.</param>
    public static async Task<ProtectedExporter> StartAsync(
        string webConfig, IEnumerable<(string Name, string Text)>? files = null, string? config = null, Action<string>? prepare = null)
    {
        var directory = new TempDirectory();
        try
        {
            foreach (var (name, text) in files ?? [])
            {
                directory.Write(name, text);
            }

            prepare?.Invoke(directory.Path);
            var file = directory.Write("web.yml", webConfig);
            return new ProtectedExporter(directory, await ExporterProcess.StartAsync(config ?? Configs.Nothing, $"--web.config.file={file}"));
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Replaces a file as a whole, as one who renews certificates does.</summary>
    public void Replace(string name, string text)
    {
        var path = _directory.Write(name + ".new", text);
        File.Move(path, Path.Combine(Directory, name), overwrite: true);
    }

    /// <summary>Asks on a connection of its own.</summary>
    /// <param name="path">What for.</param>
    /// <param name="root">What the exporter's certificate must come from; any will do when it is null.</param>
    /// <param name="client">The certificate that is shown, or null.</param>
    /// <param name="credentials">User and password with a colon between them, or null.</param>
    /// <param name="version">Which HTTP.</param>
    public async Task<HttpResponseMessage> AskAsync(
        string path, string? root = null, X509Certificate2? client = null, string? credentials = null, Version? version = null)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions = OptionsFor(root, client);
        using var http = new HttpClient(handler) { Timeout = Eventually.Deadline };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_process.Address, path));
        request.Version = version ?? HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        if (credentials is not null)
        {
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }

        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The status of an answer.</summary>
    public async Task<HttpStatusCode> StatusAsync(string path, string? root = null, X509Certificate2? client = null, string? credentials = null)
    {
        using var response = await AskAsync(path, root, client, credentials);
        return response.StatusCode;
    }

    /// <summary>The name in the certificate that the exporter shows now.</summary>
    public async Task<string> CertificateAsync() => (await HandshakeAsync(new SslClientAuthenticationOptions())).Subject;

    /// <summary>A handshake alone; throws as <see cref="SslStream"/> does.</summary>
    public async Task<(string Subject, TlsCipherSuite Cipher)> HandshakeAsync(SslClientAuthenticationOptions options)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _process.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = new SslStream(new NetworkStream(socket));
        options.TargetHost = "localhost";
        options.RemoteCertificateValidationCallback = AcceptAny;
        await stream.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
        return (stream.RemoteCertificate!.Subject, stream.NegotiatedCipherSuite);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }

    private static SslClientAuthenticationOptions OptionsFor(string? root, X509Certificate2? client)
    {
        var options = new SslClientAuthenticationOptions();
        if (root is null)
        {
            options.RemoteCertificateValidationCallback = AcceptAny;
        }
        else
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPem(root);
        }

        if (client is not null)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(client, additionalCertificates: null, offline: true);
        }

        return options;
    }
}
