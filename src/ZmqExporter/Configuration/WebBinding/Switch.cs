using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.WebBinding;

/// <summary>A value that is on or off.</summary>
internal static class Switch
{
    // As the YAML library of Prometheus' own exporters reads them.
    private static readonly string[] On = ["true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"];
    private static readonly string[] Off = ["false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF"];

    /// <summary>Reads the value; false after an error.</summary>
    public static bool Read(ConfigValue value)
    {
        if (value.ReadText("write true or false") is not { } text)
        {
            return false;
        }

        var isOn = On.Contains(text, StringComparer.Ordinal);
        if (!isOn && !Off.Contains(text, StringComparer.Ordinal))
        {
            value.Error($"{value.Shown} is not true or false", "write true or false");
        }

        return isOn;
    }
}
