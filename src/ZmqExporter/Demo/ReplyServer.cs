namespace ZmqExporter.Demo;

/// <summary>Answers every request after the same delay.</summary>
internal sealed class ReplyServer(string name, TimeSpan delay, TextWriter error) : DemoServer(name, error)
{
    /// <inheritdoc />
    public override string State => delay == TimeSpan.Zero ? "up" : "degraded";

    /// <inheritdoc />
    public override string LookAt => delay == TimeSpan.Zero
        ? "answers at once; compare the others with it"
        : $"good answers, {delay.TotalMilliseconds:0} ms late: above late_after (\"Round trips\")";

    /// <inheritdoc />
    protected override void Serve()
    {
        using var socket = Bind();
        while (!Stopping)
        {
            AnswerOne(socket, delay);
        }
    }
}
