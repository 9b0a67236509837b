namespace Zmtp.Tests.Support;

/// <summary>Sessions whose messages are written down.</summary>
internal static class TestSession
{
    public static ZmtpSession Create(ZmtpOptions options, RecordingOutput output, BufferBudget? buffers = null) =>
        new(options, output, new CallbackReceiver(options, buffers, output.Messages.Add), buffers);
}
