using System.Collections.Frozen;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using ZmqExporter.Embedding;

namespace ZmqExporter.Http.Pages;

/// <summary>
/// The docs of this very version, which are part of the program: so a link in an alert always works, and never speaks of another version. Each is
/// made into HTML when somebody first asks for it. Thread-safe.
/// </summary>
internal static class DocsPages
{
    /// <summary>The page that lists the others.</summary>
    public const string Index = "";

    private const string Folder = "docs/";
    private const string Extension = ".md";
    private const string ApiDocument = "openapi.json";

    // Our own texts; still no markup of theirs gets through but Markdown's.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    private static readonly FrozenDictionary<string, Lazy<DocsView>> Pages = EmbeddedFiles.Names(Folder)
        .Select(static name => name[Folder.Length..])
        .ToFrozenDictionary(static name => name, static name => new Lazy<DocsView>(() => Render(name)), StringComparer.Ordinal);

    private static readonly Lazy<DocsView> IndexPage = new(RenderIndex);

    /// <summary>The names of all of them, such as <c>runbook</c> and <c>cookbook/proxy</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Pages.Keys.Order(StringComparer.Ordinal)];

    /// <summary>A page; null when there is none of this name.</summary>
    public static DocsView? Find(string name) => name == Index ? IndexPage.Value : Pages.TryGetValue(name, out var page) ? page.Value : null;

    private static DocsView RenderIndex()
    {
        var list = string.Join('\n', Names.Where(static name => !name.Contains('/', StringComparison.Ordinal)).Select(static name => $"- [{TitleOf(Read(name), name)}]({name}{Extension})"));
        return Render(Index, $"# Documentation\n\nOf the version that runs here.\n\n{list}\n");
    }

    private static DocsView Render(string name) => Render(name, Read(name));

    private static DocsView Render(string name, string text)
    {
        var document = Markdown.Parse(text, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().ToArray())
        {
            Mend(link, name);
        }

        foreach (var row in document.Descendants<TableRow>())
        {
            Mark(row);
        }

        var root = name == Index ? "../" : string.Concat(Enumerable.Repeat("../", name.Count(static character => character == '/') + 1));
        return new DocsView(TitleOf(text, name), root, document.ToHtml(Pipeline));
    }

    // A row that begins with a key or a reason can be linked to, as headings can.
    private static void Mark(TableRow row)
    {
        if (row is [TableCell cell, ..] && cell.Descendants<CodeInline>().Take(2).ToArray() is [var code] && cell.Descendants<LiteralInline>().All(static text => text.Content.IsEmptyOrWhitespace()))
        {
            row.GetAttributes().Id = code.Content;
        }
    }

    // Between the pages links lead on; what is not among them, such as a picture or a file of the repository, stays as its text.
    private static void Mend(LinkInline link, string page)
    {
        var url = link.Url ?? "";
        if (!link.IsImage && (url.StartsWith('#') || url.StartsWith("https://", StringComparison.Ordinal) || url.StartsWith("http://", StringComparison.Ordinal)))
        {
            return;
        }

        var hash = url.IndexOf('#', StringComparison.Ordinal);
        var (path, fragment) = hash < 0 ? (url, "") : (url[..hash], url[hash..]);
        var target = Resolve(page, path);
        if (!link.IsImage && target.EndsWith(Extension, StringComparison.Ordinal) && Pages.ContainsKey(target[..^Extension.Length]))
        {
            link.Url = (page == Index ? path : url[..path.Length])[..^Extension.Length] + fragment;
        }
        else if (!link.IsImage && target == ApiDocument)
        {
            link.Url = string.Concat(Enumerable.Repeat("../", page.Count(static character => character == '/') + 1)) + "api/v1/openapi.json";
        }
        else
        {
            link.ReplaceBy(new EmphasisInline { DelimiterChar = '*', DelimiterCount = 1 }); // keeps its text
        }
    }

    /// <summary>Where a relative path leads from a page, from the docs' folder.</summary>
    private static string Resolve(string page, string path)
    {
        var base_ = new Uri("http://docs/" + page);
        return Uri.TryCreate(base_, path, out var resolved) && resolved.Host == "docs" ? Uri.UnescapeDataString(resolved.AbsolutePath.TrimStart('/')) : "";
    }

    private static string TitleOf(string text, string name) =>
        text.StartsWith("# ", StringComparison.Ordinal) ? text[2..text.IndexOf('\n', StringComparison.Ordinal)].Trim() : name;

    private static string Read(string name) => EmbeddedFiles.ReadText(Folder + name);
}

/// <summary>A page of the docs. Immutable.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Root">The way from the page to the root.</param>
/// <param name="Html">Its content, which is our own.</param>
internal sealed record DocsView(string Title, string Root, string Html);
