using ZmqExporter.Configuration.Reading;
using ZmqExporter.Configuration.Web;
using ZmqExporter.Configuration.WebBinding;

namespace ZmqExporter.Configuration.Loading;

/// <summary>Loads a file for <c>--web.config.file</c>: a config, or all of its errors at once. Thread-safe.</summary>
internal static class WebConfigLoader
{
    private const int MaxFileSize = 4 * 1024 * 1024;

    /// <summary>Loads a file. Never throws because of what the file holds.</summary>
    public static WebConfigResult Load(string path) => Load(path, ConfigInputs.System, TimeProvider.System);

    /// <summary>Loads a file.</summary>
    /// <param name="path">The file; errors name it like this.</param>
    /// <param name="inputs">Files; the environment plays no part in this format.</param>
    /// <param name="time">For certificates that are not valid yet, or no longer.</param>
    public static WebConfigResult Load(string path, ConfigInputs inputs, TimeProvider time)
    {
        var files = new FileRecorder(inputs);
        var errors = new ConfigErrors();
        var warnings = new ConfigErrors();
        WebConfig? config = null;
        if (!BoundedFile.TryRead(files.Inputs, path, MaxFileSize, out var text, out var failure))
        {
            errors.Add(new YamlMark(path, failure.Line, failure.Column), "", $"the web config file {failure.Message}", failure.Remedy);
        }
        else if (text.Split('\n').All(line => line.AsSpan().Trim() is [] or ['#', ..]))
        {
            config = new WebConfig(); // an empty file asks for nothing
        }
        else
        {
            var (root, problems) = YamlReader.Read(text, path, written => new ScalarExpansion(written));
            foreach (var problem in problems)
            {
                errors.Add(problem.Mark, problem.Path, problem.Message, problem.Remedy);
            }

            var context = new WebBindingContext(errors, warnings, files.Inputs, Path.GetDirectoryName(path) ?? "", time.GetUtcNow());
            config = root is null ? null : WebConfigBinder.Bind(root, context);
        }

        return new WebConfigResult(errors.Count == 0 ? config : null, errors.ToSorted(), warnings.ToSorted(), files.States);
    }
}
