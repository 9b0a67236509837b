namespace ZmqExporter.Http.Pages;

/// <summary>What the head of every page needs.</summary>
/// <param name="Title">The page's title.</param>
/// <param name="Root">The way from the page to the root.</param>
/// <param name="Script">Whether the page has parts that the script keeps up to date.</param>
internal sealed record HeadView(string Title, string Root, bool Script);
