using System.Globalization;

namespace ZmqExporter.Configuration;

/// <summary>One thing that is wrong with a config file. It never holds a secret or a value from the environment.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Line">From 1; 0 when the file as a whole is meant.</param>
/// <param name="Column">From 1; 0 when the file as a whole is meant.</param>
/// <param name="Path">The key, such as <c>targets[0].endpoint</c>; empty for the whole document.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">How to mend it; may be empty.</param>
internal sealed record ConfigError(string File, int Line, int Column, string Path, string Message, string Remedy)
{
    /// <summary>One line in the form that compilers use, so that editors can jump to the place.</summary>
    public override string ToString() => ToString(severity: "");

    /// <summary>The same with a word such as <c>warning: </c> behind the place.</summary>
    public string ToString(string severity)
    {
        var place = Line == 0 ? File : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
        var subject = Path.Length == 0 ? "" : $"{Path}: ";
        return Remedy.Length == 0 ? $"{place}: {severity}{subject}{Message}" : $"{place}: {severity}{subject}{Message}; {Remedy}";
    }
}
