using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>
/// The sources that are looked into for each message of a feed, and which of them lead into the same document, so that it is read once. Built
/// once a module. Immutable and thread-safe.
/// </summary>
internal sealed class FeedPlan
{
    private readonly ImmutableArray<(SourceConfig Config, MessageSource Source)> _sources;
    private readonly ImmutableArray<Document> _documents;

    /// <summary>The plan of a module.</summary>
    public FeedPlan(SubscribeProberConfig config)
    {
        SourceConfig?[] wanted = [config.Sequence?.Source, config.Sequence?.PerSource, config.SentAt?.Source];
        _sources = [.. wanted.OfType<SourceConfig>().Distinct().Select(source => (source, Sources.From(source)))];
        _documents = [.. _sources.Where(source => IsPlain(source.Config)).GroupBy(source => DocumentOf(source.Config)).Select(Document.Of)];
    }

    /// <summary>What one subscription looks with.</summary>
    public FeedSources Bind()
    {
        var documents = _documents.ToDictionary(document => document.Config, document => new SharedDocument(document.Source, document.Paths, document.Tree));
        return new FeedSources(
            [.. documents.Values],
            _sources.ToDictionary(
                source => source.Config,
                source => IsPlain(source.Config)
                    ? new FeedSource(source.Source, documents[DocumentOf(source.Config)], _documents.First(document => document.Config == DocumentOf(source.Config)).Paths.IndexOf(PathOf(source.Config)))
                    : new FeedSource(source.Source, document: null, path: 0)));
    }

    private static bool IsPlain(SourceConfig config) => config.Selector is SelectorConfig.Document { Path.IsPlain: true };

    private static JsonPath PathOf(SourceConfig config) => ((SelectorConfig.Document)config.Selector).Path;

    // Sources with an equal one differ in the path only.
    private static SourceConfig DocumentOf(SourceConfig config) => config with { Selector = (SelectorConfig.Document)config.Selector with { Path = JsonPath.Root } };

    private sealed record Document(SourceConfig Config, MessageSource Source, ImmutableArray<JsonPath> Paths, PathTree Tree)
    {
        public static Document Of(IGrouping<SourceConfig, (SourceConfig Config, MessageSource Source)> sources)
        {
            ImmutableArray<JsonPath> paths = [.. sources.Select(source => PathOf(source.Config))];
            return new Document(sources.Key, sources.First().Source, paths, new PathTree([.. paths.Select(path => path.Steps!.Value)]));
        }
    }
}

/// <summary>What looks into the messages of one subscription. Not thread-safe.</summary>
internal sealed class FeedSources(ImmutableArray<SharedDocument> documents, Dictionary<SourceConfig, FeedSource> sources)
{
    /// <summary>The one for a config of the plan.</summary>
    public FeedSource Of(SourceConfig config) => sources[config];

    /// <summary>Another frame comes.</summary>
    public void Forget()
    {
        foreach (var document in documents)
        {
            document.Forget();
        }
    }
}

/// <summary>Where something is in the messages of a feed. Not thread-safe.</summary>
/// <param name="source">Where.</param>
/// <param name="document">The document that it shares with others; null when it shares none.</param>
/// <param name="path">Its number there.</param>
internal sealed class FeedSource(MessageSource source, SharedDocument? document, int path)
{
    /// <summary>Where, whatever is shared.</summary>
    public MessageSource Source => source;

    /// <summary>Finds it.</summary>
    /// <param name="frame">All of the frame, or as much of it as <see cref="Sources.ReachOf"/> asks for.</param>
    /// <param name="buffer">For this call alone.</param>
    public FoundValue Find(ReadOnlySpan<byte> frame, ContentBuffer buffer) =>
        document is null ? source.Find(frame, buffer) : document.Find(path, frame, buffer);
}
