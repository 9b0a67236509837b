using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ZmqExporter.Targets;

namespace ZmqExporter.Http;

/// <summary>
/// A target as a part of a URL: <c>name/module</c>, each with whatever it consists of escaped. Names may have slashes, per cent signs and
/// spaces, and those without one of their own are endpoints: so it is read from the request as it was sent, because a decoded path cannot say
/// which slash belonged to a name.
/// </summary>
internal static class TargetPath
{
    private const char Separator = '/';

    /// <summary>The part of a URL.</summary>
    public static string Of(TargetKey key) => Escape(key.Target) + Separator + Escape(key.Module);

    /// <summary>Reads it: what follows after a prefix, up to the query.</summary>
    /// <param name="request">The request.</param>
    /// <param name="prefix">What comes before, such as <c>/targets/</c>.</param>
    /// <returns>Null when there are not a name and a module.</returns>
    public static TargetKey? Read(HttpRequest request, string prefix)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(raw))
        {
            raw = request.Path.ToUriComponent();
        }

        var path = raw.AsSpan();
        var query = path.IndexOf('?');
        path = query < 0 ? path : path[..query];
        var start = path.IndexOf(prefix, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        // A proxy may have decoded the name's own slashes: the module has none of its own then.
        path = path[(start + prefix.Length)..];
        var end = path.LastIndexOf(Separator);
        return end <= 0 || end + 1 == path.Length ? null : new TargetKey(Unescape(path[..end]), Unescape(path[(end + 1)..]));
    }

    // Browsers and servers take a segment of dots for a way up, escaped or not: so those are escaped twice.
    private static string Escape(string text) => text is "." or ".." ? text.Replace(".", "%252E", StringComparison.Ordinal) : Uri.EscapeDataString(text);

    private static string Unescape(ReadOnlySpan<char> text) => Uri.UnescapeDataString(text) switch
    {
        "%2E" => ".",
        "%2E%2E" => "..",
        var name => name,
    };
}
