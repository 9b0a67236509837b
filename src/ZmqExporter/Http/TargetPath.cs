using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ZmqExporter.Targets;

namespace ZmqExporter.Http;

/// <summary>The end of a URL that names a target and its module. Names have any characters, also <c>/</c> and <c>%</c>.</summary>
internal static partial class TargetPath
{
    /// <summary>The pattern of such a URL for routing.</summary>
    public const string Pattern = "{name}/{module}";

    /// <summary>The end of the URL of a target.</summary>
    public static string Of(TargetKey key) => $"{Escape(key.Target)}/{Escape(key.Module)}";

    /// <summary>The target that a request names, whose URL ends with <see cref="Pattern"/>.</summary>
    /// <remarks>From what the client sent: routing sees a path in which <c>%2F</c> and <c>%252F</c> are the same.</remarks>
    /// <param name="context">The request.</param>
    /// <param name="suffix">What follows the pattern in its URL.</param>
    public static TargetKey Read(HttpContext context, string suffix = "")
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var end = target.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? target : target[..end];
        var parts = path[..^suffix.Length].Split('/');
        return new TargetKey(Unescape(parts[^2]), Unescape(parts[^1]));
    }

    // Browsers and servers take a segment of dots for a way up, escaped or not: so those are escaped twice, and names that look like that, too.
    private static string Escape(string text) => Uri.EscapeDataString(
        text is "." or ".." ? text.Replace(".", "%2E", StringComparison.Ordinal)
        : EscapedDots().IsMatch(text) ? text.Replace("%", "%25", StringComparison.Ordinal)
        : text);

    private static string Unescape(string text) => Uri.UnescapeDataString(text) switch
    {
        "%2E" => ".",
        "%2E%2E" => "..",
        var name when EscapedDots().IsMatch(name) => name.Replace("%25", "%", StringComparison.Ordinal),
        var name => name,
    };

    [GeneratedRegex("^(%(25)*2E){1,2}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex EscapedDots();
}
