using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Teaching;

namespace ZmqExporter.Cli;

/// <summary>Proposals as a part of a configuration: a new module where the command line named none, or what to add to the one that was used.</summary>
/// <param name="target">What was probed.</param>
/// <param name="isNamed">Whether it is a target of a configuration.</param>
/// <param name="hasModule">Whether it was probed with a module that has a name.</param>
internal sealed class SeenModule(TargetConfig target, bool isNamed, bool hasModule)
{
    private const string Application = "app";
    private static readonly ImmutableArray<int> Silences = [10, 30, 60, 300, 900, 3600];

    private readonly ModuleConfig _module = target.Module;

    /// <summary>What the proposals are about.</summary>
    public LessonSubject Subject { get; } = new(
        target.Module.Prober is SubscribeProberConfig,
        hasModule ? target.Module.Name : Application,
        target.Module.Prober is not SubscribeProberConfig feed || feed.Topics.Any(topic => topic.IsEmpty))
    {
        LateAfter = target.Module.Policy.LateAfter,
    };

    /// <summary>The text, in lines that end with a line feed.</summary>
    /// <param name="messages">All that was seen.</param>
    /// <param name="lesson">What was made of it.</param>
    public string Of(ImmutableArray<SeenMessage> messages, Lesson lesson)
    {
        var text = new StringBuilder("modules:\n");
        if (!hasModule)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Application}: # take a name of your own, here and below\n").Append(Prober(messages)).Append(LessonYaml.Of(lesson, "    "));
            return text.Append(Target(Application)).ToString();
        }

        var (name, isBuiltIn) = (_module.Name, IsBuiltIn());
        var shown = lesson with
        {
            Sequence = _module.Prober is SubscribeProberConfig { Sequence: not null } ? null : lesson.Sequence,
            SentAt = _module.Prober is SubscribeProberConfig { SentAt: not null } ? null : lesson.SentAt,
            LateAfter = _module.Prober is SubscribeProberConfig { SentAt: not null } ? null : lesson.LateAfter,
        };
        if (isBuiltIn)
        {
            var own = $"{name}_seen";
            text.Append(CultureInfo.InvariantCulture, $"  {YamlText.Scalar(own)}:\n    extends: {YamlText.Scalar(name)}\n").Append(LessonYaml.Of(shown, "    ", Obstacle()));
            return isNamed ? text.ToString() : text.Append(Target(own)).ToString();
        }

        text.Append(CultureInfo.InvariantCulture, $"  {YamlText.Scalar(name)}: # add these keys to what it has\n");
        return text.Append(LessonYaml.Of(shown, "    ", Obstacle())).ToString();
    }

    // Why expect cannot simply be pasted.
    private string? Obstacle() => _module.Prober switch
    {
        RequestProberConfig { Steps.Length: > 1 } => "For the expect of the last step:",
        RequestProberConfig { Steps: [{ Expect.Length: > 0 }] } or SubscribeProberConfig { Expect.Length: > 0 } => "The module has an expect; entries to add to it, as far as they are not there:",
        _ => null,
    };

    private bool IsBuiltIn() =>
        ModuleSource.BuiltIn.BuiltInModules.TryGetValue(_module.Name, out var known) && known.Prober == _module.Prober;

    private string Target(string module) => string.Create(
        CultureInfo.InvariantCulture, $"targets:\n  - {{name: {Application}, endpoint: {YamlText.Scalar(target.Endpoint.ToString())}, modules: [{YamlText.Scalar(module)}]}}\n");

    private string Prober(ImmutableArray<SeenMessage> messages) => _module.Prober switch
    {
        RequestProberConfig request => $"    prober: request\n    socket: req\n    send: [{string.Join(", ", request.Steps[0].Send.Select(Frame))}]\n",
        SubscribeProberConfig feed => string.Create(
            CultureInfo.InvariantCulture,
            $"    prober: subscribe\n    topics: [{string.Join(", ", feed.Topics.Select(topic => Bytes(topic.AsSpan())))}]\n{Silence(messages)}"),
        _ => "",
    };

    private static string Silence(ImmutableArray<SeenMessage> messages)
    {
        var gap = messages.Zip(messages.Skip(1)).Select(pair => pair.Second.At - pair.First.At).DefaultIfEmpty().Max();
        var most = TimeSpan.FromSeconds(Silences.FirstOrDefault(seconds => seconds >= 4 * gap.TotalSeconds, Silences[^1]));
        var seen = messages.Length < 2 ? "decide how long it may be silent" : string.Create(CultureInfo.InvariantCulture, $"the longest silence that was seen is {gap.TotalSeconds:0.###} s; decide");
        return $"    max_silence: {Durations.Show(most)} # {seen}\n";
    }

    private static string Frame(FrameConfig frame) => frame.Text is { } text && YamlText.IsExact(text) ? YamlText.Scalar(text) : $"{{hex: '{Convert.ToHexStringLower(frame.Text is { } odd ? Encoding.UTF8.GetBytes(odd) : frame.Bytes.AsSpan())}'}}";

    private static string Bytes(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) && Encoding.UTF8.GetString(bytes) is var text && YamlText.IsExact(text) ? YamlText.Scalar(text) : $"{{hex: '{Convert.ToHexStringLower(bytes)}'}}";
}
