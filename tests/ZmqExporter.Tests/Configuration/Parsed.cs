using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.Tests.Configuration;

/// <summary>Parses a config that a test writes in place.</summary>
internal static class Parsed
{
    /// <summary>A module to begin with.</summary>
    public const string Ping = """
        modules:
          ping:
            prober: request
            send: [ping]

        """;

    /// <summary>Inputs with these variables and files; nothing else is there.</summary>
    public static ConfigInputs Inputs(Dictionary<string, string>? variables = null, Dictionary<string, string>? files = null) => new()
    {
        Environment = name => variables?.GetValueOrDefault(name),
        ReadFile = (path, _) => files?.GetValueOrDefault(path) is { } text
            ? System.Text.Encoding.UTF8.GetBytes(text)
            : throw new FileNotFoundException(null, path),
    };

    /// <summary>The config; fails the test when there are errors.</summary>
    public static ExporterConfig Config(string text, ConfigInputs? inputs = null)
    {
        var result = ConfigLoader.Parse(text, "/etc/zmq/test.yml", inputs ?? Inputs());
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        return result.Config!;
    }

    /// <summary>What a config makes of lists of targets from elsewhere.</summary>
    public static TargetListBinding Lists(string text) => ConfigLoader.Parse(text, "zmq.yml", Inputs()).Lists ?? throw new ArgumentException("it has errors", nameof(text));

    /// <summary>The errors; fails the test when there are none.</summary>
    public static IReadOnlyList<ConfigError> Errors(string text, ConfigInputs? inputs = null)
    {
        var result = ConfigLoader.Parse(text, "/etc/zmq/test.yml", inputs ?? Inputs());
        Assert.Null(result.Config);
        Assert.NotEmpty(result.Errors);
        return result.Errors;
    }

    /// <summary>The steps of the one module that the text writes below <c>prober: request</c>.</summary>
    public static RequestProberConfig Request(string keys)
    {
        var lines = string.Concat(keys.Split('\n').Select(line => $"    {line}\n"));
        return Assert.IsType<RequestProberConfig>(Config($"modules:\n  m:\n    prober: request\n{lines}").Modules["m"].Prober);
    }
}
