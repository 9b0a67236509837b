using System.Globalization;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary>What must hold for a value of a message; one subtype a kind. Immutable and thread-safe.</summary>
internal abstract class ValueTest
{
    /// <summary>Whether the test names the token.</summary>
    public virtual bool HasToken => false;

    /// <summary>The test that a config asks for.</summary>
    public static ValueTest From(TestConfig config) => config switch
    {
        { Captures.IsEmpty: false } captured => CapturedTest.From(captured),
        TestConfig.EqualsText text => new EqualTest(text.Text),
        TestConfig.EqualsBytes bytes => new SameBytesTest([.. bytes.Bytes]),
        TestConfig.NotEquals other => new NotEqualTest([.. other.Bytes]),
        TestConfig.Matches matches => new MatchTest(matches.Pattern),
        TestConfig.Contains contains => new PartTest([.. contains.Bytes], atStart: false),
        TestConfig.StartsWith start => new PartTest([.. start.Bytes], atStart: true),
        TestConfig.OneOf choices => new ChoiceTest([.. choices.Texts]),
        TestConfig.Bound bound => new BoundTest(bound.Kind, bound.Limit),
        TestConfig.MaxAge age => new AgeTest(age.Age),
        _ => throw new NotSupportedException(config.GetType().Name),
    };

    /// <summary>Judges a value.</summary>
    /// <param name="value">What was found.</param>
    /// <param name="variables">Of the probe that waits.</param>
    /// <param name="token">The token of ours that it carries where the test looks for one, or null.</param>
    /// <returns>What does not hold, as the end of a sentence that says what the value is; or null.</returns>
    public abstract string? Check(in FoundValue value, in ProbeVariables variables, out ProbeToken? token);

    private static bool IsSame(in FoundValue value, ReadOnlySpan<byte> text, double? number) =>
        value.Text.SequenceEqual(text) || IsNumber(value, number);

    private static bool IsNumber(in FoundValue value, double? number) =>
        number is { } wanted && value.Kind == FoundKind.Number && NumberText.TryRead(value, out var found) && found == wanted;

    private static double? NumberOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private sealed class EqualTest(string text) : ValueTest
    {
        private readonly TextTemplate _template = TextTemplate.ToExpect(text);
        private readonly string _shown = Excerpt.Of(Encoding.UTF8.GetBytes(text));
        private readonly double? _number = NumberOf(text);

        public override bool HasToken => _template.HasToken;

        public override string? Check(in FoundValue value, in ProbeVariables variables, out ProbeToken? token) =>
            _template.TryMatch(value.Text, variables, out token) || IsNumber(value, _number) ? null : $" instead of {(IsWritten(value.Kind) ? text : _shown)}";

        // Without quotes where the value has none, either.
        private bool IsWritten(FoundKind kind) => kind == FoundKind.Number ? _number is not null : kind == FoundKind.Other && text is "true" or "false" or "null";
    }

    private sealed class SameBytesTest(byte[] bytes) : ValueTest
    {
        public override string? Check(in FoundValue value, in ProbeVariables variables, out ProbeToken? token)
        {
            token = null;
            return value.Text.SequenceEqual(bytes) ? null : $" instead of {Excerpt.Of(bytes)}";
        }
    }

    private sealed class NotEqualTest(byte[] bytes) : ValueTest
    {
        private readonly double? _number = NumberOf(Encoding.UTF8.GetString(bytes));

        public override string? Check(in FoundValue value, in ProbeVariables variables, out ProbeToken? token)
        {
            token = null;
            return IsSame(value, bytes, _number) ? ", which it must not be" : null;
        }
    }

    private sealed class PartTest(byte[] part, bool atStart) : ValueTest
    {
        public override string? Check(in FoundValue value, in ProbeVariables variables, out ProbeToken? token)
        {
            token = null;
            return (atStart ? value.Text.StartsWith(part) : value.Text.IndexOf(part) >= 0)
                ? null
                : $", which does not {(atStart ? "start with" : "contain")} {Excerpt.Of(part)}";
        }
    }

    private sealed class ChoiceTest(string[] texts) : ValueTest
    {
        private readonly (byte[] Text, double? Number)[] _choices = [.. texts.Select(text => (Encoding.UTF8.GetBytes(text), NumberOf(text)))];
        private readonly string _shown = string.Join(", ", texts.Select(text => Excerpt.Of(Encoding.UTF8.GetBytes(text))));

        public override string? Check(in FoundValue value, in ProbeVariables variables, out ProbeToken? token)
        {
            token = null;
            foreach (var (text, number) in _choices)
            {
                if (IsSame(value, text, number))
                {
                    return null;
                }
            }

            return $" instead of one of {_shown}";
        }
    }

    private sealed class BoundTest(BoundKind kind, double limit) : ValueTest
    {
        private readonly string _words = kind switch
        {
            BoundKind.Above => "above",
            BoundKind.Below => "below",
            BoundKind.AtLeast => "at least",
            _ => "at most",
        };

        public override string? Check(in FoundValue value, in ProbeVariables variables, out ProbeToken? token)
        {
            token = null;
            if (!NumberText.TryRead(value, out var number))
            {
                return ", which is no number";
            }

            var holds = kind switch
            {
                BoundKind.Above => number > limit,
                BoundKind.Below => number < limit,
                BoundKind.AtLeast => number >= limit,
                _ => number <= limit,
            };
            return holds ? null : $", which is not {_words} {NumberText.Show(limit)}";
        }
    }

    private sealed class AgeTest(TimeSpan most) : ValueTest
    {
        public override string? Check(in FoundValue value, in ProbeVariables variables, out ProbeToken? token)
        {
            token = null;
            if (!TimeText.TryRead(value, perSecond: null, out var seconds))
            {
                return ", which is no time";
            }

            var age = (variables.UnixMilliseconds / 1e3) - seconds;
            return age <= most.TotalSeconds
                ? null
                : string.Create(CultureInfo.InvariantCulture, $", which is {age:0.###} s ago and not {Durations.Show(most)} at most");
        }
    }
}
