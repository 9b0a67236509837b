using SharpFuzz;
using Zmtp.Fuzz;

return args switch
{
    ["targets"] => ListTargets(),
    ["instrument", var assembly] => Instrument(assembly),
    ["fuzz", var name] when FuzzTargets.All.TryGetValue(name, out var target) => Fuzz(target),
    ["replay", var name, .. var files] when files is not [] && FuzzTargets.All.TryGetValue(name, out var target) => Replay(target, files),
    _ => Usage(),
};

static int ListTargets()
{
    Console.Out.WriteLine(string.Join('\n', FuzzTargets.All.Keys));
    return 0;
}

// Lets a library count its branches, in place, for a fuzzer to see which ones an input takes.
static int Instrument(string assembly)
{
    Fuzzer.Instrument(assembly, type => type.StartsWith("Zmtp.", StringComparison.Ordinal), Options.Value);
    return 0;
}

static int Fuzz(FuzzTarget target)
{
    var buffer = new MemoryStream();
    Fuzzer.Run(stream =>
    {
        buffer.SetLength(0);
        stream.CopyTo(buffer);
        target(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    });
    return 0;
}

static int Replay(FuzzTarget target, string[] files)
{
    foreach (var file in files)
    {
        Console.Out.WriteLine(file);
        target(File.ReadAllBytes(file));
    }

    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("usage: Zmtp.Fuzz targets | replay TARGET FILE... | fuzz TARGET (under afl-fuzz) | instrument ASSEMBLY");
    return 2;
}
