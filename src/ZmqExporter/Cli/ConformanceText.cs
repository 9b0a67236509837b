using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Conformance;

namespace ZmqExporter.Cli;

/// <summary>What <c>conformance</c> prints for people.</summary>
internal static class ConformanceText
{
    /// <summary>Writes it.</summary>
    public static void Write(TextWriter output, string endpoint, string service, bool isFeed, ImmutableArray<ConformanceCheck> checks)
    {
        output.WriteLine($"{endpoint}: heartbeat protocol ZHB1, {(isFeed ? "published" : "asked")}{(service.Length > 0 ? $", service {Quoted.Text(service)}" : "")}");
        foreach (var check in checks)
        {
            output.WriteLine($"{Word(check.Outcome),-6} {check.Name}: {check.Rule}");
            Line(output, "sent", check.Sent);
            Line(output, "came", check.Came);
            Line(output, check.Outcome == ConformanceOutcome.NotApplicable ? "why" : "wrong", check.Problem);
        }

        output.WriteLine($"{Count(ConformanceOutcome.Ok)} ok, {Count(ConformanceOutcome.Failed)} failed, {Count(ConformanceOutcome.NotApplicable)} not applicable");

        int Count(ConformanceOutcome outcome) => checks.Count(check => check.Outcome == outcome);
    }

    private static string Word(ConformanceOutcome outcome) => outcome switch
    {
        ConformanceOutcome.Ok => "ok",
        ConformanceOutcome.Failed => "FAILED",
        _ => "n/a",
    };

    private static void Line(TextWriter output, string name, string text)
    {
        if (text.Length > 0)
        {
            output.WriteLine($"       {name,-5} {text}");
        }
    }
}
