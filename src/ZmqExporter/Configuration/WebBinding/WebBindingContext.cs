using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.WebBinding;

/// <summary>What the binders of a web config share.</summary>
/// <param name="Errors">Where errors go.</param>
/// <param name="Warnings">Where warnings go.</param>
/// <param name="Inputs">Files.</param>
/// <param name="Directory">The file's directory: paths in it are relative to this.</param>
/// <param name="Now">For certificates that are not valid yet, or no longer.</param>
internal sealed record WebBindingContext(ConfigErrors Errors, ConfigErrors Warnings, ConfigInputs Inputs, string Directory, DateTimeOffset Now)
{
    /// <summary>Warns of a value.</summary>
    public void Warn(ConfigValue value, string message, string remedy) => Warnings.Add(value.Node.Mark, value.Path, message, remedy);
}
