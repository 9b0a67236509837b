namespace Zmtp.Fuzz;

/// <summary>What no input may bring about has come about.</summary>
internal sealed class Finding : Exception
{
    public Finding()
    {
    }

    public Finding(string message)
        : base(message)
    {
    }

    public Finding(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Throws unless it holds.</summary>
    public static void Unless(bool holds, string what)
    {
        if (!holds)
        {
            throw new Finding(what);
        }
    }

    /// <summary>What holds of every error: it names something, and it is short enough for a log line and free of the peer's control characters.</summary>
    public static void UnlessFitToShow(string message)
    {
        Unless(message.Length is > 0 and <= 2000, $"an error of {message.Length} characters");
        Unless(!message.Any(char.IsControl), $"control characters in an error: {message}");
    }
}
