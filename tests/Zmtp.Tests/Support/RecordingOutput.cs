using System.Text;

namespace Zmtp.Tests.Support;

/// <summary>A session's output, written down.</summary>
internal sealed class RecordingOutput : ISessionOutput
{
    public List<byte> Sent { get; } = [];

    public List<ZmtpMessage> Messages { get; } = [];

    public List<byte[]> Pongs { get; } = [];

    public PeerInfo? Opened { get; private set; }

    public int HeldReadies { get; private set; }

    public static string Text(ZmtpMessage message) =>
        string.Join('|', Enumerable.Range(0, message.FrameCount).Select(i => Encoding.UTF8.GetString(message[i])));

    public void Send(ReadOnlySpan<byte> bytes) => Sent.AddRange(bytes);

    public void OnReadyHeld() => HeldReadies++;

    public void OnOpened(PeerInfo peer) => Opened = peer;

    public void OnPong(ReadOnlySpan<byte> context) => Pongs.Add(context.ToArray());
}
