using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace ZmqExporter.Configuration;

/// <summary>Reads a small UTF-8 text file, or says why not in words that fit after "the file … ".</summary>
internal static class BoundedFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <param name="inputs">Where files come from.</param>
    /// <param name="path">The file.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <param name="text">Its text without a byte order mark, or null.</param>
    /// <param name="failure">Why it cannot be used, or null.</param>
    public static bool TryRead(
        ConfigInputs inputs,
        string path,
        int limit,
        [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out BoundedFileFailure? failure)
    {
        text = null;
        byte[] bytes;
        try
        {
            bytes = inputs.ReadFile(path, limit + 1);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            failure = new BoundedFileFailure(Describe(exception), "check the path and that the exporter's user may read it")
            {
                IsUnread = true,
                IsMissing = exception is FileNotFoundException or DirectoryNotFoundException,
            };
            return false;
        }

        if (bytes.Length > limit)
        {
            failure = new BoundedFileFailure(
                string.Create(CultureInfo.InvariantCulture, $"is larger than {limit / 1024} KiB"),
                "make it smaller, or check that it is the right file");
            return false;
        }

        return TryDecode(bytes, out text, out failure);
    }

    private static bool TryDecode(byte[] bytes, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out BoundedFileFailure? failure)
    {
        text = null;
        failure = null;
        var content = bytes.AsSpan();
        if (content.StartsWith(Encoding.UTF8.Preamble))
        {
            content = content[Encoding.UTF8.Preamble.Length..];
        }
        else if (content.StartsWith(Encoding.Unicode.Preamble) || content.StartsWith(Encoding.BigEndianUnicode.Preamble))
        {
            failure = new BoundedFileFailure("is in UTF-16", "save it as UTF-8");
            return false;
        }

        try
        {
            text = Strict.GetString(content);
            return true;
        }
        catch (DecoderFallbackException exception)
        {
            var before = content[..Math.Clamp(exception.Index, 0, content.Length)];
            failure = new BoundedFileFailure("is not valid UTF-8 from here on", "save it as UTF-8")
            {
                Line = before.Count((byte)'\n') + 1,
                Column = before.Length - before.LastIndexOf((byte)'\n'),
            };
            return false;
        }
    }

    // The framework's messages repeat the full path; the error names the file already.
    private static string Describe(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "does not exist",
        UnauthorizedAccessException => "may not be read: permission denied",
        FileTooSlowException => $"was {exception.Message} read: does its file system hang?",
        _ when exception.Message == "it is a directory" => "is a directory",
        _ => $"cannot be read: {exception.GetType().Name}",
    };
}
