using ZmqExporter.Configuration;
using Zmtp.Security;

namespace ZmqExporter.Listening;

/// <summary>From what the configuration says of who may push to what the listener asks for.</summary>
internal static class ListenerSecurities
{
    /// <summary>The mechanism, and whom it lets in.</summary>
    public static ListenerSecurity Of(ListenerSecurityConfig config) => config switch
    {
        ListenerSecurityConfig.Plain plain => ListenerSecurity.Plain(plain.Users.Select(user => KeyValuePair.Create(user.Key, user.Value.Value))),
        ListenerSecurityConfig.Curve curve => ListenerSecurity.Curve(curve.Server, curve.Allowed),
        _ => ListenerSecurity.Null,
    };
}
