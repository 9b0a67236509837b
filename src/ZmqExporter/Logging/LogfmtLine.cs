namespace ZmqExporter.Logging;

/// <summary>A log line as Prometheus writes it: <c>time=… level=info component=… msg="…" key=value</c>.</summary>
internal static class LogfmtLine
{
    /// <summary>The line, with its end.</summary>
    public static string Format(LogLine line)
    {
        using var writer = new StringWriter();
        foreach (var (key, value) in line.Fields)
        {
            if (key != "time")
            {
                writer.Write(' ');
            }

            LogfmtText.WritePair(writer, key, value, quoted: key == "msg");
        }

        writer.Write('\n');
        return writer.ToString();
    }
}
