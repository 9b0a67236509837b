using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ZmqExporter.Logging;

namespace ZmqExporter.Tests.Logging;

public sealed class ExporterLoggingTests
{
    [Theory]
    [InlineData(LogLevel.Debug, LogLevel.Warning)]
    [InlineData(LogLevel.Information, LogLevel.Warning)]
    [InlineData(LogLevel.Error, LogLevel.Error)]
    public void AddExporterLogging_AnyLevel_TakesTheLibrariesFromWarningsOn(LogLevel level, LogLevel libraries)
    {
        using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddExporterLogging(new LogSettings(level, LogFormat.Logfmt)))
            .BuildServiceProvider();
        var loggers = services.GetRequiredService<ILoggerFactory>();

        Assert.Equal(level, Lowest("ZmqExporter.Scheduling.TargetRunner"));
        Assert.Equal(libraries, Lowest("Microsoft.AspNetCore.Hosting.Diagnostics"));
        Assert.Equal(libraries, Lowest("Microsoft.AspNetCore.Routing.Matching.DfaMatcher"));
        Assert.Equal(libraries, Lowest("System.Net.Http.HttpClient"));
        Assert.Equal(LogLevel.Critical, Lowest("Microsoft.Extensions.Hosting.Internal.Host"));

        LogLevel Lowest(string category)
        {
            var logger = loggers.CreateLogger(category);
            return Enum.GetValues<LogLevel>().First(logger.IsEnabled);
        }
    }
}
