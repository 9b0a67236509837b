using Xunit.v3;

namespace ZmqExporter.EndToEndTests.Running;

/// <summary>
/// A class that takes minutes of the processor and waits for nothing. <c>tests/run.sh</c> finds it by its trait and gives it a run of its own, at the lowest
/// priority beside the others, which wait most of their time.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ComputesAttribute : Attribute, ITraitAttribute
{
    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("run", "computes")];
}
