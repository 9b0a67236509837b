using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary>What a source finds in the message must pass some tests. Immutable and thread-safe.</summary>
internal sealed class SourceCondition : ReplyCondition
{
    [ThreadStatic]
    private static ContentBuffer? t_buffer;

    private readonly MessageSource _source;
    private readonly ImmutableArray<ValueTest> _tests;
    private readonly bool? _exists;

    /// <summary>Builds it from its config.</summary>
    public SourceCondition(ExpectConfig.Holds config)
    {
        _source = Sources.From(config.Source);
        _tests = [.. config.Tests.Where(test => test is not TestConfig.Exists).Select(ValueTest.From)];
        _exists = config.Tests.OfType<TestConfig.Exists>().Select(test => (bool?)test.Wanted).FirstOrDefault();
    }

    /// <inheritdoc />
    public override bool HasToken => _tests.Any(test => test.HasToken);

    /// <inheritdoc />
    public override string? Check(ZmtpMessage message, in ProbeVariables variables, out ProbeToken? token)
    {
        token = null;
        var number = _source.Frame;
        if (number >= message.FrameCount)
        {
            return _exists is false
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"frame {number} is missing: the message has {Frames(message.FrameCount)}");
        }

        var frame = message[number];
        var value = _source.Find(frame, t_buffer ??= new ContentBuffer());
        if (!value.Exists)
        {
            return _exists is false && value.Kind == FoundKind.Missing
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"frame {number} is {Excerpt.Of(frame)}{value.Problem}");
        }

        string? failure = _exists is false ? ", and should not be there" : null;
        foreach (var test in _tests)
        {
            var problem = test.Check(value, variables, out var found);
            failure ??= problem;
            token = found is { } one ? ProbeToken.Older(token, one) : token;
        }

        return failure is null ? null : $"{_source.Name} is {Shown(value)}{failure}";
    }

    // A text in quotes, and a number, true or null without: in JSON they are not the same.
    private static string Shown(in FoundValue value) => value.Kind == FoundKind.Text ? Excerpt.Of(value.Text) : Excerpt.Of(value.Text)[1..^1];
}
