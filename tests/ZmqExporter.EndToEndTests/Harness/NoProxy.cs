using System.Net;
using System.Runtime.CompilerServices;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>Whom the tests ask is on this machine: a proxy that the environment names cannot reach it.</summary>
internal static class NoProxy
{
    [ModuleInitializer]
    internal static void Set() => HttpClient.DefaultProxy = new WebProxy();
}
