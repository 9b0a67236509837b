namespace ZmqExporter.Configuration;

/// <summary>What a load takes from the world outside the text of the config.</summary>
internal sealed record ConfigInputs
{
    /// <summary>The process's environment and the file system.</summary>
    public static ConfigInputs System { get; } = new();

    /// <value>The value of an environment variable, or null when it is not defined.</value>
    public Func<string, string?> Environment { get; init; } = global::System.Environment.GetEnvironmentVariable;

    /// <value>Up to that many bytes of a file, from its start; throws <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/>.</value>
    public Func<string, int, byte[]> ReadFile { get; init; } = ReadStart;

    private static byte[] ReadStart(string path, int limit)
    {
        if (Directory.Exists(path))
        {
            throw new IOException("it is a directory");
        }

        // No length is asked for: files under /proc and pipes have none.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        var buffer = new byte[Math.Min(limit, 64 * 1024)];
        while (content.Length < limit && stream.Read(buffer, 0, (int)Math.Min(buffer.Length, limit - content.Length)) is > 0 and var count)
        {
            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }
}
