using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Logging;

namespace ZmqExporter.Tests.Logging;

public sealed class ExporterLoggerProviderTests
{
    private readonly FakeTimeProvider _time = new(LogLines.Moment);

    [Fact]
    public void Log_WarningOfALibraryThatRepeatsItself_IsOneLineAMinuteWithTheCount()
    {
        var lines = Lines(provider =>
        {
            var logger = provider.CreateLogger("Microsoft.AspNetCore.Server.Kestrel");
            for (var second = 0; second < 90; second++)
            {
#pragma warning disable CA1848, CA2254 // as libraries log
                logger.LogWarning("accepting connection {Number} failed", second);
#pragma warning restore CA1848, CA2254
                _time.Advance(TimeSpan.FromSeconds(1));
            }
        });

        Assert.Equal(
            [
                "time=2026-01-02T03:04:05.678Z level=warn component=Microsoft.AspNetCore.Server.Kestrel msg=\"accepting connection 0 failed\"",
                "time=2026-01-02T03:05:05.678Z level=warn component=Microsoft.AspNetCore.Server.Kestrel msg=\"accepting connection 60 failed\" left_out=59",
            ],
            lines,
            StringComparer.Ordinal);
    }

    [Fact]
    public void Log_SameErrorOfSeveralTargets_IsALineForEach()
    {
        var lines = Lines(provider =>
        {
            var logger = provider.CreateLogger("ZmqExporter.X");
            foreach (var target in new[] { "a", "b", "a" })
            {
#pragma warning disable CA1848, CA2254 // what the generated code does in the end
                logger.Log(LogLevel.Error, 0, new KeyValuePair<string, object?>[] { new("target", target) }, null, (_, _) => "stuck");
#pragma warning restore CA1848, CA2254
            }
        });

        Assert.Equal(2, lines.Length);
    }

    [Theory]
    [InlineData(LogLevel.Information, "Event")]
    [InlineData(LogLevel.Warning, LogEvents.SelfLimited + "Event")]
    public void Log_EventThatIsNoFaultOrLimitsItself_IsNotLimitedHere(LogLevel level, string name)
    {
        var lines = Lines(provider =>
        {
            var logger = provider.CreateLogger("ZmqExporter.X");
            for (var i = 0; i < 5; i++)
            {
                logger.Log(level, new EventId(1, name), "state", null, (state, _) => state);
            }
        });

        Assert.Equal(5, lines.Length);
    }

    [Fact]
    public void Log_ExceptionAtLevelDebug_HasItsStack()
    {
        foreach (var level in new[] { LogLevel.Information, LogLevel.Debug })
        {
            var line = Assert.Single(Lines(
                provider => provider.CreateLogger("X").Log(LogLevel.Error, 0, "s", new InvalidOperationException("it broke"), (s, _) => s), level));
            Assert.Equal(level == LogLevel.Debug, line.Contains(" stack=", StringComparison.Ordinal));
        }
    }

    // Whoever has a bug of ours in the log can report it without running into it again.
    [Fact]
    public void Log_OwnErrorWithAnException_HasItsStackAndIsToldApartByItsPlace()
    {
        var lines = Lines(provider =>
        {
            var logger = provider.CreateLogger("ZmqExporter.X");
            for (var i = 0; i < 2; i++)
            {
                logger.Log(LogLevel.Error, 0, "s", Thrown(OneBug), (s, _) => s);
                logger.Log(LogLevel.Error, 0, "s", Thrown(OtherBug), (s, _) => s);
            }
        });

        Assert.Equal(2, lines.Length);
        Assert.Contains(nameof(OneBug), lines[0], StringComparison.Ordinal);
        Assert.Contains(nameof(OtherBug), lines[1], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.Contains(" stack=", line, StringComparison.Ordinal));

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void OneBug() => throw new InvalidOperationException("it broke");

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void OtherBug() => throw new InvalidOperationException("it broke");
    }

    [Fact]
    public void Log_KindsThatNoLaterLineCounts_AreALineOfTheirOwn()
    {
        var lines = Lines(provider =>
        {
            var logger = provider.CreateLogger("ZmqExporter.X");
            for (var number = 0; number < LineLimit.MaxKinds; number++)
            {
                Warn(number);
                Warn(number);
            }

            _time.Advance(LineLimit.Period);
            Warn(-1);

            void Warn(int target) => logger.Log(
                LogLevel.Warning, 0, new KeyValuePair<string, object?>[] { new("target", target) }, null, (_, _) => "stuck");
        });

        Assert.Equal(LineLimit.MaxKinds + 2, lines.Length);
        Assert.EndsWith(" left_out=1024", lines[^2], StringComparison.Ordinal);
        Assert.EndsWith("msg=\"stuck\" target=-1", lines[^1], StringComparison.Ordinal);
    }

    private static InvalidOperationException Thrown(Action bug) => Assert.Throws<InvalidOperationException>(bug);

    private string[] Lines(Action<ExporterLoggerProvider> log, LogLevel level = LogLevel.Information)
    {
        using var stream = new MemoryStream();
        using (var provider = new ExporterLoggerProvider(new LogSettings(level, LogFormat.Logfmt), _time, stream))
        {
            log(provider);
        }

        return Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
