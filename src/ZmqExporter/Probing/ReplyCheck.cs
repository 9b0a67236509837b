using System.Collections.Immutable;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>All conditions on a reply. Immutable and thread-safe.</summary>
internal sealed class ReplyCheck(ImmutableArray<ExpectConfig> expects)
{
    private readonly ImmutableArray<ReplyCondition> _conditions = [.. expects.Select(ReplyCondition.From)];

    /// <summary>Whether a reply names the probe that it answers.</summary>
    public bool HasToken => _conditions.Any(condition => condition.HasToken);

    /// <summary>Judges a message.</summary>
    /// <param name="message">What came.</param>
    /// <param name="variables">Of the probe that waits.</param>
    /// <param name="failure">What does not hold, in words, or null.</param>
    public ReplyVerdict Judge(ZmtpMessage message, in ProbeVariables variables, out string? failure)
    {
        failure = null;
        var token = variables.Token;
        var isOurs = false;
        foreach (var condition in _conditions)
        {
            var problem = condition.Check(message, variables, out var found);
            if (found is { } other && other != token)
            {
                failure = null;
                return ReplyVerdict.Stale;
            }

            isOurs |= found == token;
            if (problem is not null)
            {
                failure ??= condition.HasToken && problem.Contains("{token}", StringComparison.Ordinal) ? $"{problem} (here \"{token}\")" : problem;
            }
            else if (condition.HasToken && found is null)
            {
                failure ??= "the reply does not bring the token back";
            }
        }

        return failure is null ? ReplyVerdict.Accepted : isOurs ? ReplyVerdict.RefusedByName : ReplyVerdict.Refused;
    }
}
