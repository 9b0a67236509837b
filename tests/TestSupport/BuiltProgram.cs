namespace TestSupport;

/// <summary>Programs of this solution, as they were built for the configuration (debug, release) of these tests.</summary>
internal static class BuiltProgram
{
    /// <summary>The path of a project's executable.</summary>
    public static string Path(string project, string name)
    {
        // artifacts/bin/<project>/<configuration>/
        var own = new DirectoryInfo(System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var path = System.IO.Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, name);
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} does not exist: build the solution first");
    }
}
