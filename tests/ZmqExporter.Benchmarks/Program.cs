using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Probing;
using Zmtp;

if (!ZmtpEndpoint.TryParse(args[0], out var ep, out _)) { return; }
var timers = new TimerQueue(TimeProvider.System, Console.WriteLine);
var client = new ZmtpClient(new ZmtpContext(timers, new NameResolver()));
var steps = ImmutableArray.Create(new RequestStepConfig([new FrameConfig(args[1], default)], [new ExpectConfig.EqualsText(0, args[2])]));
var module = new ModuleConfig("ping", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), MessagingClient.Zmtp, new PolicyConfig(), new SecurityConfig.Null(), new RequestProberConfig(SocketType.Req, true, steps));
var target = new TargetConfig("t", ep!, module, ImmutableSortedDictionary<string, string>.Empty);
using var prober = new ProberFactory(client, TimeProvider.System).Create(target, new Obs());
for (var i = 0; i < int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture); i++)
{
    Console.WriteLine(await prober.ProbeAsync(default));
    await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
}

#pragma warning disable
sealed class Obs : IProbeObserver
{
    public void OnConnectionEvent(ConnectionEvent connectionEvent) => Console.WriteLine(connectionEvent);
    public void OnStaleReply() => Console.WriteLine("stale");
}
