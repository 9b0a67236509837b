namespace ZmqExporter.Configuration.Reading;

/// <summary>Text that can be encoded.</summary>
internal static class Unicode
{
    /// <summary>Whether each half of a surrogate pair stands beside the other one: an escape can write one alone.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 == text.Length || !char.IsSurrogatePair(text, i))
            {
                return false;
            }

            i++;
        }

        return true;
    }
}
