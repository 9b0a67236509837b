using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using ZmqExporter.Tests.Metrics;
using Zmtp;

namespace ZmqExporter.Tests.Targets;

/// <summary>A page and an API show what was said: not when it has secrets of the configuration in it.</summary>
public sealed class SecretMessagesTests
{
    [Fact]
    public void OnMessageReceived_Plain_IsNeitherMaskedNorKept()
    {
        var config = MetricsUnderTest.Target();
        var target = new MetricsUnderTest().Targets.Set(config with { Module = config.Module with { Security = new SecurityConfig.Plain("me", new Secret("s3cret-word")) } });
        Assert.False(target.ShowsMessages);
        target.OnMessageReceived(ZmtpMessage.FromText("you said s3cret-word"));
        target.Record(MetricsUnderTest.Miss(FailureReason.UnexpectedReply));
        Assert.Null(Assert.Single(target.History().Failures).Received);
    }

    [Theory]
    [InlineData("send: [ping]", false)]
    [InlineData("send: [{json: {user: me, password: s3cret}}]", true)]
    [InlineData("send: [{msgpack: {auth: {password: s3cret}}}]", true)]
    [InlineData("send: [\"${HOME}\"]", true)]
    [InlineData("steps: [{send: [login, \"${HOME}\"]}, {send: [work]}]", true)]
    public void Record_Failure_HasItsMessagesUnlessTheModuleSendsSecrets(string send, bool isSecret)
    {
        var config = Assert.Single(Parsed.Config($"modules:\n  m:\n    prober: request\n    {send}\ntargets: [{{name: a, endpoint: \"tcp://h:1\", modules: [m]}}]\n", ConfigInputs.System with { Environment = static name => name == "HOME" ? "s3cret" : null }).Targets);
        Assert.Equal(isSecret, ((RequestProberConfig)config.Module.Prober).SendsSecrets);

        var target = new MetricsUnderTest().Targets.Set(config);
        target.OnMessageSent(ZmtpMessage.FromText("s3cret"));
        target.OnMessageReceived(ZmtpMessage.FromText("you said s3cret"));
        target.Record(MetricsUnderTest.Miss(FailureReason.UnexpectedReply));
        var run = Assert.Single(target.History().Failures);
        Assert.Equal((isSecret, isSecret), (run.Sent is null, run.Received is null));
    }
}
