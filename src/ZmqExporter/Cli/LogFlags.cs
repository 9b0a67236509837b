using System.CommandLine;
using Microsoft.Extensions.Logging;
using ZmqExporter.Logging;

namespace ZmqExporter.Cli;

/// <summary>The flags <c>--log.level</c> and <c>--log.format</c> of the commands that log.</summary>
internal sealed class LogFlags
{
    private const string LevelName = "--log.level";

    private readonly Option<string> _level = new Option<string>(LevelName)
    {
        Description = "Log from this level on: debug, info, warn or error",
        HelpName = "level",
        DefaultValueFactory = _ => "info",
    }.AcceptOnlyFromAmong("debug", "info", "warn", "error");

    private readonly Option<string> _format = new Option<string>("--log.format")
    {
        Description = "How log lines look: logfmt or json",
        HelpName = "format",
        DefaultValueFactory = _ => "logfmt",
    }.AcceptOnlyFromAmong("logfmt", "json");

    /// <summary>The level that the command line asked for, information where the command has no such flag.</summary>
    public static LogLevel LevelOf(ParseResult parsed)
    {
        var flag = parsed.CommandResult.Command.Options.FirstOrDefault(option => option.Name == LevelName);
        return flag is Option<string> level ? ParseLevel(parsed.GetValue(level)) : LogLevel.Information;
    }

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_level);
        command.Options.Add(_format);
    }

    /// <summary>What was given, or the defaults.</summary>
    public LogSettings Read(ParseResult parsed) => new(
        ParseLevel(parsed.GetValue(_level)),
        parsed.GetValue(_format) == "json" ? LogFormat.Json : LogFormat.Logfmt);

    private static LogLevel ParseLevel(string? name) => name switch
    {
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
