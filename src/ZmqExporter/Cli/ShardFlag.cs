using System.CommandLine;
using ZmqExporter.Configuration;

namespace ZmqExporter.Cli;

/// <summary>The flag <c>--shard</c>.</summary>
internal static class ShardFlag
{
    /// <summary>The flag.</summary>
    public static Option<Shard> Create() => new("--shard")
    {
        Description = "Probe shard i of the n that the targets are divided into by their names, as Prometheus' hashmod of the label target divides them",
        HelpName = "i/n",
        DefaultValueFactory = _ => Shard.Whole,
        CustomParser = argument =>
        {
            if (Shard.TryParse(argument.Tokens[0].Value, out var shard) is { } problem)
            {
                argument.AddError($"--shard: {problem}");
            }

            return shard;
        },
    };
}
