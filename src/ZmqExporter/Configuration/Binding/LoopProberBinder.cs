using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>prober: loop</c>.</summary>
internal static class LoopProberBinder
{
    /// <summary>The key of a module that says how we are known at the side where we receive.</summary>
    public const string ReturnSecurity = "return_security";

    private const int MaxMessages = 10_000;
    private const int LeastSize = 48; // the token, the kind and the number
    private const int MostSize = 64 << 10;
    private const int MostBytes = 16 << 20; // of a probe, all messages together
    private const int MaxPrefix = 128;

    private static readonly Choice<LoopPath> Paths = new("path of a loop", LoopPaths.All.AsSpan());

    private static readonly Choice<MajordomoVersion> Versions = new("version of the Majordomo protocol", LoopPaths.Versions.AsSpan());

    private static readonly Choice<bool> Exclusive = new("value for exclusive", [("true", true), ("false", false)]);

    /// <summary>The prober's keys in a module.</summary>
    public static KeyTable Keys { get; } = new("modules.*", ["path", "messages", "size", "max_lost", "prefix", "majordomo", "exclusive", ReturnSecurity]);

    /// <summary>Binds the prober's keys of a module; null after an error.</summary>
    public static ProberConfig? Bind(ModuleChain chain)
    {
        var errors = chain.Sections[0].Value.Errors;
        var before = errors.Count;
        var path = LoopPath.PubSub;
        if (chain.Find("path") is { } pathAt && !Paths.TryRead(pathAt, out path))
        {
            return null;
        }

        var version = MajordomoVersion.V01;
        _ = chain.Find("majordomo") is not { } versionAt || Versions.TryRead(versionAt, out version);
        var messages = chain.Find("messages") is { } count ? Numbers.Read(count, 1, MaxMessages) ?? 1 : 1;
        var config = new LoopProberConfig(path)
        {
            Messages = messages,
            Size = chain.Find("size") is { } size ? ByteSizeValue.Read(size, LeastSize, MostSize) ?? LeastSize : LoopProberConfig.DefaultSize,
            MaxLost = chain.Find("max_lost") is { } lost ? Numbers.Read(lost, 0, MaxMessages) ?? 0 : 0,
            Prefix = chain.Find("prefix") is { } prefix ? ReadPrefix(prefix) : LoopProberConfig.DefaultPrefix,
            Majordomo = version,
        };
        CheckExclusive(chain, path);
        CheckKeysOfPath(chain, path);
        CheckAmounts(chain, config);
        return errors.Count == before ? config : null;
    }

    /// <summary>Reads how we are known at the side where we receive; null after an error.</summary>
    public static LoopProberConfig? WithReturnSecurity(ModuleChain chain, LoopProberConfig config, BindingContext context) =>
        chain.Find(ReturnSecurity) is not { } value ? config
        : SecurityBinder.Bind(value, context) is { } security ? config with { ReturnSecurity = security }
        : null;

    private static string ReadPrefix(ConfigValue value)
    {
        const string Remedy = "write the text that the topics or services of the probe begin with, such as zmq_exporter.loop.";
        if (value.ReadText(Remedy) is not { } text)
        {
            return "";
        }

        if (Encoding.UTF8.GetByteCount(text) > MaxPrefix || text.Any(char.IsControl))
        {
            value.Error("has a control character, or is too long", string.Create(CultureInfo.InvariantCulture, $"write {MaxPrefix} bytes at most, all printable"));
        }

        return text;
    }

    // Where nobody but us works nothing is lost, and only the one who writes the module can know that.
    private static void CheckExclusive(ModuleChain chain, LoopPath path)
    {
        var isExclusive = false;
        if (chain.Find("exclusive") is { } value && !Exclusive.TryRead(value, out isExclusive))
        {
            return;
        }

        if (path is LoopPath.PubSub or LoopPath.Majordomo)
        {
            chain.Sections[0].Find("exclusive")?.Error("has no meaning on this path, which takes no work from anybody", "remove it");
        }
        else if (!isExclusive)
        {
            (chain.Sections[0].Find("path") ?? chain.Find("path"))!.Error(
                $"path: {LoopPaths.Word(path)} takes work like any worker, and whatever comes that is not ours is lost",
                "use it only where nobody else works, and say so with exclusive: true; or ask a worker through the broker with heartbeat_service");
        }
    }

    private static void CheckKeysOfPath(ModuleChain chain, LoopPath path)
    {
        var own = chain.Sections[0];
        if (path == LoopPath.Majordomo)
        {
            own.Find(ReturnSecurity)?.Error("has no meaning with path: majordomo, where our client and our worker use the same endpoint", "remove it");
        }
        else
        {
            own.Find("majordomo")?.Error($"has no meaning with path: {LoopPaths.Word(path)}", "remove it, or write path: majordomo");
        }

        if (path == LoopPath.PushPull)
        {
            own.Find("prefix")?.Error("has no meaning with path: push_pull, which has neither topics nor services", "remove it");
        }
        else if (path == LoopPath.Queue)
        {
            own.Find("prefix")?.Error("has no meaning with path: queue, which has neither topics nor services", "remove it");
        }
    }

    private static void CheckAmounts(ModuleChain chain, LoopProberConfig config)
    {
        if (config.MaxLost >= config.Messages && config.MaxLost > 0)
        {
            chain.Find("max_lost")!.Error(
                string.Create(CultureInfo.InvariantCulture, $"a probe sends {config.Messages}, and would succeed with all of them lost"),
                "write fewer, or more messages");
        }

        if ((long)config.Messages * config.Size > MostBytes)
        {
            (chain.Find("size") ?? chain.Find("messages"))!.Error(
                string.Create(CultureInfo.InvariantCulture, $"{config.Messages} messages of {ByteSizes.Show(config.Size)} are more than a probe may send"),
                $"send {ByteSizes.Show(MostBytes)} at most, all messages together: a probe must not be a load");
        }
    }
}
