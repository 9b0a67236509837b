namespace ZmqExporter.Cli.Watch;

/// <summary>What the keys of <c>watch</c> do: from the question before to the question after. Immutable.</summary>
/// <param name="Question">What is asked.</param>
/// <param name="Typing">The search words while they are typed; null otherwise.</param>
/// <param name="IsOver">Whether to end.</param>
internal sealed record WatchKeys(BoardQuestion Question, string? Typing = null, bool IsOver = false)
{
    private const int MostTyped = 100;

    /// <summary>What the keys do now, for the last line.</summary>
    public string Hint => Typing is { } typed
        ? $"search: {TerminalText.Safe(typed)}_   (Enter searches, Esc leaves it)"
        : "q quit  / search  s next state filter  c clear  ←/→ page";

    /// <summary>Takes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="page">How many targets a page has.</param>
    /// <param name="matched">How many there are.</param>
    public WatchKeys Press(ConsoleKeyInfo key, int page, int matched) => Typing is { } typed ? Type(key, typed) : (key.Key, key.KeyChar) switch
    {
        (_, 'q') or (ConsoleKey.Escape, _) => this with { IsOver = true },
        (_, '/') => this with { Typing = Question.Words },
        (_, 's') => this with { Question = Question.NextStates() },
        (_, 'c') => this with { Question = new BoardQuestion("", [], [], []) },
        (ConsoleKey.RightArrow or ConsoleKey.PageDown, _) => this with { Question = Question.Moved(page, matched) },
        (ConsoleKey.LeftArrow or ConsoleKey.PageUp, _) => this with { Question = Question.Moved(-page, matched) },
        _ => this,
    };

    private WatchKeys Type(ConsoleKeyInfo key, string typed) => key.Key switch
    {
        ConsoleKey.Enter => new WatchKeys(Question with { Words = typed.Trim(), Offset = 0 }),
        ConsoleKey.Escape => this with { Typing = null },
        ConsoleKey.Backspace => this with { Typing = typed.Length == 0 ? "" : typed[..^1] },
        _ when !char.IsControl(key.KeyChar) && typed.Length < MostTyped => this with { Typing = typed + key.KeyChar },
        _ => this,
    };
}
