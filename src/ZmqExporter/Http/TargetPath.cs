using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ZmqExporter.Targets;

namespace ZmqExporter.Http;

/// <summary>The end of a URL that names a target and its module. Names have any characters, also <c>/</c> and <c>%</c>.</summary>
internal static class TargetPath
{
    /// <summary>The pattern of such a URL for routing.</summary>
    public const string Pattern = "{name}/{module}";

    /// <summary>The end of the URL of a target.</summary>
    public static string Of(TargetKey key) => $"{Uri.EscapeDataString(key.Target)}/{Uri.EscapeDataString(key.Module)}";

    /// <summary>The target that a request names, whose URL ends with <see cref="Pattern"/>.</summary>
    /// <remarks>From what the client sent: routing sees a path in which <c>%2F</c> and <c>%252F</c> are the same.</remarks>
    public static TargetKey Read(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var end = target.AsSpan().IndexOfAny('?', '#');
        var parts = (end < 0 ? target : target[..end]).Split('/');
        return new TargetKey(Uri.UnescapeDataString(parts[^2]), Uri.UnescapeDataString(parts[^1]));
    }
}
