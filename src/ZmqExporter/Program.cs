using ZmqExporter;
using ZmqExporter.Cli;

// First of all: until then the kernel does what it does by default, which is to end the process.
var signals = ProcessSignals.Listen(args);
return signals.Run(() => CommandLine.RunAsync(args, new DeferredWriter(() => Console.Out), new DeferredWriter(() => Console.Error), signals));
