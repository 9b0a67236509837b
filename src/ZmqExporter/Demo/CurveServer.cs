using NetMQ;
using NetMQ.Sockets;

namespace ZmqExporter.Demo;

/// <summary>Answers at once, and only to clients that know its public key: CURVE encrypts what goes to and fro.</summary>
internal sealed class CurveServer(string name, TextWriter error) : DemoServer(name, error)
{
    private readonly NetMQCertificate _keys = new();

    /// <inheritdoc />
    public override string Module => "secure_ping";

    /// <inheritdoc />
    public override string State => "up";

    /// <inheritdoc />
    public override string LookAt => "encrypted: the mechanism that the peer tells is CURVE";

    /// <summary>The public key, in Z85.</summary>
    public string PublicKey => _keys.PublicKeyZ85;

    /// <inheritdoc />
    protected override void Serve()
    {
        var responder = new ResponseSocket();
        responder.Options.CurveServer = true;
        responder.Options.CurveCertificate = _keys;
        using var socket = Bind(responder);
        while (!Stopping)
        {
            AnswerOne(socket, TimeSpan.Zero);
        }
    }
}
