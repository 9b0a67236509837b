namespace Zmtp.Tests.Support;

/// <summary>Sessions whose messages go where everything else goes.</summary>
internal static class TestSession
{
    public static ZmtpSession Create<TOutput>(ZmtpOptions options, TOutput output, BufferBudget? buffers = null)
        where TOutput : ISessionOutput, IMessageOutput =>
        new(options, output, new MessageReceiver(options, output, buffers), buffers);
}
