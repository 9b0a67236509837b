namespace ZmqExporter.Configuration;

/// <summary>Finds captured values that nobody uses.</summary>
internal static class UnusedCaptures
{
    /// <summary>A warning for each name that a module of the file captures and no later step sends or expects.</summary>
    /// <param name="config">The config.</param>
    /// <param name="origins">Where its modules stand.</param>
    public static IEnumerable<ConfigError> Find(ExporterConfig config, ConfigOrigins origins) =>
        from module in origins.FileModules
        where config.Modules.GetValueOrDefault(module.Name)?.Prober is RequestProberConfig
        let steps = ((RequestProberConfig)config.Modules[module.Name].Prober).Steps
        from number in Enumerable.Range(0, steps.Length)
        from capture in steps[number].Capture
        where !steps.Skip(number + 1).Any(step => Uses(step, capture.Name))
        select new ConfigError(
            module.Place.File,
            module.Place.Line,
            module.Place.Column,
            Quoted.Path(Quoted.Path(Quoted.Path(Quoted.Path(Quoted.Path("modules", module.Name), "steps"), number), "capture"), capture.Name),
            "no later step uses this value",
            $"write \"{{{capture.Name}}}\" in what one of them sends or expects, or remove it");

    private static bool Uses(RequestStepConfig step, string name) =>
        step.Send.SelectMany(frame => frame.Parts).SelectMany(part => part.Packed?.Parts ?? [part]).Any(part => part.Capture == name)
        || step.Expect.Concat(step.Until).OfType<ExpectConfig.Holds>().SelectMany(holds => holds.Tests).Any(test => test.Captures.Contains(name, StringComparer.Ordinal));
}
