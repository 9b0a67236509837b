using System.Runtime.CompilerServices;
using Xunit.v3;

namespace ZmqExporter.EndToEndTests.Running;

/// <summary>A test with data of those that run alone: <see cref="Alone"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AloneTheoryAttribute : TheoryAttribute, ITraitAttribute
{
    public AloneTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => DisableParallelization = Alone.OneByOne;

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => Alone.Traits;
}
