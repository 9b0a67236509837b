using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Logging;
using static ZmqExporter.Tests.Logging.LogLines;

namespace ZmqExporter.Tests.Logging;

/// <summary>Every line that this program can log, found by its attribute, in both formats.</summary>
public sealed class LogFormatsTests
{
    // A label of a few letters makes a sentence; all other values stand in their pairs only.
    private static readonly string[] PlaceholdersAllowed = ["{State}"];

    private static readonly MethodInfo[] Methods =
    [
        .. typeof(ExporterApplication).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<LoggerMessageAttribute>() is not null),
    ];

    public static TheoryData<string> Names => [.. Methods.Select(Name)];

    [Fact]
    public void Methods_OfSeveralParts_AreFound() => Assert.True(Methods.Select(method => method.DeclaringType!.DeclaringType).Distinct().Count() >= 4);

    [Theory]
    [MemberData(nameof(Names))]
    public void Line_BothFormats_HaveTheSameKeysAndValues(string name)
    {
        var method = Methods.Single(method => Name(method) == name);
        var logfmt = LogfmtParser.Parse(Log(method, LogFormat.Logfmt));
        var json = ParseJson(Log(method, LogFormat.Json));

        Assert.Equal(logfmt.Select(pair => pair.Key), json.Select(pair => pair.Key), StringComparer.Ordinal);
        Assert.Equal(logfmt.Select(pair => pair.Value), json.Select(pair => Text(pair.Value)), StringComparer.Ordinal);
        Assert.Equal(["time", "level", "component", "msg"], logfmt.Take(4).Select(pair => pair.Key), StringComparer.Ordinal);
        Assert.Equal(logfmt.Length, logfmt.Select(pair => pair.Key).Distinct(StringComparer.Ordinal).Count());
        foreach (var parameter in method.GetParameters().Where(parameter => IsNumber(parameter.ParameterType)))
        {
            Assert.Equal(JsonValueKind.Number, json.Single(pair => pair.Key == LogfmtText.Key(parameter.Name!)).Value.ValueKind);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Line_EachValue_StandsInItOnce(string name)
    {
        var method = Methods.Single(method => Name(method) == name);
        var template = method.GetCustomAttribute<LoggerMessageAttribute>()!.Message;
        var placeholders = Regex.Matches(template, @"\{\w+\}", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Value);
        Assert.Subset(PlaceholdersAllowed.ToHashSet(StringComparer.Ordinal), placeholders.ToHashSet(StringComparer.Ordinal));

        var line = Log(method, LogFormat.Logfmt);

        foreach (var parameter in method.GetParameters())
        {
            var isText = (parameter.ParameterType == typeof(string) && parameter.Name != "state") || parameter.ParameterType == typeof(Exception);
            Assert.Equal(isText ? 1 : 0, Regex.Count(line, Regex.Escape(Mark(parameter)), RegexOptions.None, TimeSpan.FromSeconds(1)));
        }
    }

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.DeclaringType!.Name}.{method.Name}/{method.GetParameters().Length}";

    private static string Log(MethodInfo method, LogFormat format)
    {
        using var stream = new MemoryStream();
        using (var provider = new ExporterLoggerProvider(new LogSettings(LogLevel.Information, format), new FakeTimeProvider(Moment), stream))
        {
            var logger = provider.CreateLogger(method.DeclaringType!.DeclaringType!.FullName!);
            method.Invoke(null, [.. method.GetParameters().Select(parameter => parameter.ParameterType == typeof(ILogger) ? logger : Sample(parameter))]);
        }

        var text = Encoding.UTF8.GetString(stream.ToArray());
        Assert.Equal('\n', text[^1]);
        Assert.Equal(1, text.Count(c => c == '\n'));
        return text[..^1];
    }

    private static object? Sample(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return type switch
        {
            _ when type == typeof(string) && parameter.Name == "state" => "up",
            _ when type == typeof(string) => $"a \"text\"\n= {Mark(parameter)}",
            _ when type == typeof(int) => -12_345_678,
            _ when type == typeof(long) => 12_345_678_901,
            _ when type == typeof(double) => 0.25,
            _ when type == typeof(bool) => true,
            _ when type == typeof(TimeSpan) => TimeSpan.FromMilliseconds(98_765_432.1),
            _ when type == typeof(LogLevel) => LogLevel.Warning,
            _ when type == typeof(Exception) => new InvalidOperationException(Mark(parameter)),
            _ when type == typeof(ILogger) => null,
            _ => throw new NotSupportedException($"a sample of {type} is missing here"),
        };
    }

    private static string Mark(ParameterInfo parameter) => $"<{parameter.Position}>";

    private static bool IsNumber(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is var t && (t == typeof(int) || t == typeof(long) || t == typeof(double));

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw new InvalidOperationException($"{value.ValueKind} is not flat"),
    };
}
