using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>alerts/alertmanager.example.yml as tests use it.</summary>
internal static partial class AlertmanagerExample
{
    /// <summary>Its path from the repository's root.</summary>
    public const string File = "alerts/alertmanager.example.yml";

    private const string Receiver = "http://127.0.0.1:9911/";

    /// <summary>The example with our receiver, and with waits of a second or two instead of those that suit people.</summary>
    public static string For(Uri receiver)
    {
        var example = Repository.Read(File);
        Assert.Contains(Receiver, example, StringComparison.Ordinal);
        var quick = GroupInterval().Replace(GroupWait().Replace(example, "group_wait: 1s"), "group_interval: 2s");
        return quick.Replace(Receiver, receiver.ToString(), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"group_wait: \w+", RegexOptions.None, 1000)]
    private static partial Regex GroupWait();

    [GeneratedRegex(@"group_interval: \w+", RegexOptions.None, 1000)]
    private static partial Regex GroupInterval();
}
