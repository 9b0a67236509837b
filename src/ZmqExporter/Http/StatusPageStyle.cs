using System.Security.Cryptography;
using System.Text;

namespace ZmqExporter.Http;

/// <summary>The status page's style sheet.</summary>
internal static class StatusPageStyle
{
    /// <summary>The rules. State colours are those of the dashboards; the state is always there as a word too.</summary>
    public const string Css =
        """
        :root { color-scheme: light dark; }
        body { font-family: system-ui, sans-serif; margin: 2rem; }
        table { border-collapse: collapse; }
        th, td { border-bottom: 1px solid #8888; padding: .3rem .8rem; text-align: left; vertical-align: top; }
        td.number { text-align: right; }
        td.state { border-left: .5rem solid #888; }
        td.up { border-left-color: #299c46; }
        td.degraded { border-left-color: #e0b400; }
        td.suspect { border-left-color: #ed8128; }
        td.down { border-left-color: #d44a3a; }
        """;

    /// <summary>The sheet's source expression for a Content-Security-Policy: no other style may apply.</summary>
    public static string Hash { get; } = "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Css)));
}
