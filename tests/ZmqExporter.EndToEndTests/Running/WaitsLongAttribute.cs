namespace ZmqExporter.EndToEndTests.Running;

/// <summary>A class that takes a minute or more on a busy machine, most of which it waits: <see cref="LongOnesFirst"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class WaitsLongAttribute : Attribute;
