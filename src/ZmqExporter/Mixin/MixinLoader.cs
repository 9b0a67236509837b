using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Mixin;

/// <summary>Loads a file of parameters: the parameters, or all of its errors at once.</summary>
internal static class MixinLoader
{
    private const int MaxFileSize = 1024 * 1024;

    /// <summary>Loads a file.</summary>
    /// <param name="path">The file; errors name it like this.</param>
    /// <param name="inputs">Where files come from; the environment plays no part in this format.</param>
    /// <returns>The parameters, which are the defaults when there are errors, and the errors by place.</returns>
    public static (MixinParameters Parameters, EquatableArray<ConfigError> Errors) Load(string path, ConfigInputs inputs)
    {
        var errors = new ConfigErrors();
        var parameters = MixinParameters.Default;
        if (!BoundedFile.TryRead(inputs, path, MaxFileSize, out var text, out var failure))
        {
            errors.Add(new YamlMark(path, failure.Line, failure.Column), "", $"the file of parameters {failure.Message}", failure.Remedy);
        }
        else if (!text.Split('\n').All(line => line.AsSpan().Trim() is [] or ['#', ..]))
        {
            var (root, problems) = YamlReader.Read(text, path, written => new ScalarExpansion(written));
            foreach (var problem in problems)
            {
                errors.Add(problem.Mark, problem.Path, problem.Message, problem.Remedy);
            }

            parameters = root is null ? parameters : MixinBinder.Bind(new ConfigValue(root, "", errors));
        }

        return (errors.Count == 0 ? parameters : MixinParameters.Default, errors.ToSorted());
    }
}
