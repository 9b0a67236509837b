using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Names that the user chooses and that become label values and parts of URLs.</summary>
internal static class Names
{
    private const int MaxLength = 200;

    /// <summary>What is wrong with the name, or null.</summary>
    public static string? Complaint(string name) => name switch
    {
        "" => "the name is empty",
        _ when string.IsNullOrWhiteSpace(name) => "the name is blank",
        { Length: > MaxLength } => $"the name is longer than {MaxLength} characters",
        _ when name.Any(char.IsControl) => "the name has a control character",
        _ => null,
    };
}
