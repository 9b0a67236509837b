using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>target_urls</c>.</summary>
internal static class TargetUrlBinder
{
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Binds the list; bad entries are reported and left out.</summary>
    public static ImmutableArray<TargetUrlConfig> Bind(ConfigValue? list, BindingContext context)
    {
        var urls = ImmutableArray.CreateBuilder<TargetUrlConfig>();
        foreach (var value in list?.ReadItems("write - url: http://host/path below it, or []") ?? [])
        {
            if (BindOne(value, context) is not { } url)
            {
                continue;
            }

            if (urls.Any(other => other.Name == url.Name))
            {
                value.Error($"{Quoted.Text(url.Name)} is listed twice", "remove one of the two");
            }

            urls.Add(url);
        }

        return urls.DrainToImmutable();
    }

    private static TargetUrlConfig? BindOne(ConfigValue value, BindingContext context)
    {
        if (Section.Open(value, ConfigKeys.TargetUrl) is not { } section)
        {
            return null;
        }

        var urlAt = section.Require("url", "write url: http://host/path");
        var url = urlAt is null ? null : ReadUrl(urlAt);
        var interval = Setting<TimeSpan>.From(section.Find("refresh_interval"), SettingScope.Target, at => DurationValue.Read(at, LeastInterval, Day));
        var timeout = Setting<TimeSpan>.From(section.Find("timeout"), SettingScope.Target, at => DurationValue.Read(at, LeastTimeout, Day));
        var refresh = interval?.Value ?? TargetUrlConfig.DefaultRefreshInterval;
        if (timeout is not null)
        {
            new DurationLimit("timeout", timeout, TargetUrlConfig.DefaultTimeout).CheckAtMost(
                new DurationLimit("refresh_interval", interval, TargetUrlConfig.DefaultRefreshInterval), "requests would overlap", value.Errors);
        }

        var tls = HttpClientBinder.BindTls(section.Find("tls_config"), isHttps: url?.Scheme != Uri.UriSchemeHttp, context);
        var credentials = HttpClientBinder.BindCredentials(section, context);
        return url is null
            ? null
            : new TargetUrlConfig(
                ((YamlScalar)urlAt!.Node).Written,
                url.AbsoluteUri,
                refresh,
                timeout?.Value ?? TimeSpan.FromTicks(Math.Min(TargetUrlConfig.DefaultTimeout.Ticks, refresh.Ticks)))
            {
                Tls = tls,
                Credentials = credentials,
            };
    }

    private static Uri? ReadUrl(ConfigValue value)
    {
        const string Remedy = "write http://host/path or https://host/path";
        if (value.ReadText(Remedy) is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            value.Error($"{value.Shown} is not a URL of HTTP", Remedy);
            return null;
        }

        if (url.UserInfo.Length > 0)
        {
            // Not shown: it has a password.
            value.Error("the URL has a user name or a password in it", "write basic_auth: {username: .., password_file: ..}");
            return null;
        }

        return url;
    }
}
