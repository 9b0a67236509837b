using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>state_file</c>.</summary>
internal static class StateFileBinder
{
    /// <summary>Binds the key.</summary>
    /// <returns>Where the file is; null when there is to be none.</returns>
    public static string? Bind(ConfigValue? value, BindingContext context)
    {
        if (value?.ReadText("write the path of a file") is not { Length: > 0 } text)
        {
            return null;
        }

        var path = Path.Combine(context.Directory, text);
        if (Path.GetFullPath(path) == Path.GetFullPath(value.Node.Mark.File))
        {
            value.Error("this is the config file itself, and the state would be written over it", "name a file of its own, such as zmq_exporter.state");
        }

        return path;
    }
}
