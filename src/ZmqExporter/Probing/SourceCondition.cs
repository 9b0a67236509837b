using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What a source finds in the message must pass some tests. Immutable and thread-safe.</summary>
internal sealed class SourceCondition : ReplyCondition
{
    [ThreadStatic]
    private static ContentBuffer? t_buffer;

    private readonly MessageSource _source;
    private readonly ImmutableArray<ValueTest> _tests;
    private readonly bool? _exists;
    private readonly bool _marksBytes; // a captured value may be bytes

    /// <summary>Builds it from its config.</summary>
    public SourceCondition(ExpectConfig.Holds config)
    {
        _marksBytes = config.Tests.Any(test => !test.Captures.IsEmpty);
        _source = Sources.From(config.Source, _marksBytes);
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
            return _exists is false ? null : SourceWords.NoFrame(number, message.FrameCount);
        }

        var frame = message[number];
        var value = _source.Find(frame, t_buffer ??= new ContentBuffer());
        if (_marksBytes && MarkedBytes.TryRead(value.Text) is { } bytes)
        {
            value = FoundValue.OfText(bytes);
        }

        if (!value.Exists)
        {
            return _exists is false && value.Kind == FoundKind.Missing ? null : SourceWords.Found(_source, frame, value, "");
        }

        string? failure = _exists is false ? ", and should not be there" : null;
        foreach (var test in _tests)
        {
            var problem = test.Check(value, variables, out var found);
            failure ??= problem;
            token = found is { } one ? ProbeToken.Older(token, one) : token;
        }

        return failure is null ? null : SourceWords.Found(_source, frame, value, failure);
    }
}
