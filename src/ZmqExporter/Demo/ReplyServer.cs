namespace ZmqExporter.Demo;

/// <summary>Answers every request after the same delay.</summary>
internal sealed class ReplyServer(string name, TimeSpan delay, TextWriter error) : DemoServer(name, error)
{
    /// <inheritdoc />
    public override string Behaviour => delay == TimeSpan.Zero ? "answers at once" : $"answers after {delay.TotalMilliseconds:0} ms";

    /// <inheritdoc />
    public override string Expectation => delay == TimeSpan.Zero ? "up" : "degraded: each answer is good, but late";

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
