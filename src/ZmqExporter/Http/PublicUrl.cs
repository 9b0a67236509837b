using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using ZmqExporter.Configuration;

namespace ZmqExporter.Http;

/// <summary>An absolute http or https URL under which people reach a program, perhaps by way of a proxy. Immutable.</summary>
/// <param name="Text">The URL as it is shown, without a slash at its end.</param>
/// <param name="Path">Its path, without a slash at its end; empty for none.</param>
internal sealed record PublicUrl(string Text, PathString Path)
{
    // The first steps of our own addresses: below such a prefix nobody could tell which of the two is meant.
    private static readonly string[] Taken = ["-", "api", "assets", "config", "docs", "metrics", "probe", "probes", "sd", "targets"];

    /// <summary>Scheme, host and port, as browsers write them in the header Origin.</summary>
    public string Origin { get; } = new Uri(Text).GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>Reads one.</summary>
    /// <param name="text">What somebody wrote.</param>
    /// <param name="url">The URL.</param>
    /// <param name="problem">What is wrong, and how to mend it.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PublicUrl? url, [NotNullWhen(false)] out string? problem)
    {
        url = null;
        problem = ProblemOf(text, out var uri);
        if (problem is not null)
        {
            return false;
        }

        var path = uri!.AbsolutePath.TrimEnd('/');
        url = new PublicUrl(uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + path, PathString.FromUriComponent(path));
        return true;
    }

    /// <summary>What keeps the exporter's own pages from being served below this URL's path, and how to mend it; null for nothing.</summary>
    public string? PrefixProblem() =>
        Path.Value!.Split('/') is [_, var first, ..] && Array.Find(Taken, taken => string.Equals(taken, first, StringComparison.OrdinalIgnoreCase)) is { } own
            ? $"the path of {Quoted.Text(Text)} begins with /{own}, which is an address of the exporter's own: take another path, such as /zmq"
            : null;

    private static string? ProblemOf(string text, out Uri? uri)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            return $"{Quoted.Text(text)} is no absolute URL of http or https: write all of it, such as https://monitoring.example/zmq";
        }

        return uri.UserInfo.Length > 0 ? "a user or password would be shown to everybody: leave out what stands before the @"
            : uri.Query.Length > 0 || text.Contains('?', StringComparison.Ordinal) ? $"{Quoted.Text(text)} has a query: leave out the ? and what follows it"
            : uri.Fragment.Length > 0 || text.Contains('#', StringComparison.Ordinal) ? $"{Quoted.Text(text)} has a fragment: leave out the # and what follows it"
            : null;
    }
}
