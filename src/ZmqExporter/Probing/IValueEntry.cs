using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Reads numbers of a message for a metric. Built once a module; immutable and thread-safe.</summary>
internal interface IValueEntry
{
    /// <summary>The metric.</summary>
    ValueConfig Value { get; }

    /// <summary>Reads them.</summary>
    /// <returns>False when there is nothing where it looks. An empty list is something.</returns>
    bool Read(ZmtpMessage message, ValueBuffers buffers, ValueReading reading);

    /// <summary>Says why there is nothing.</summary>
    string Explain(ZmtpMessage message, string? itemProblem, ValueBuffers buffers);
}
