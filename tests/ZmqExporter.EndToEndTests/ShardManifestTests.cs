using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace ZmqExporter.EndToEndTests;

/// <summary>deploy/kubernetes/overlays/shards: its pods are started as Kubernetes would, by their numbers, with real servers.</summary>
public sealed partial class ShardManifestTests : IDisposable
{
    private const string Kubernetes = "deploy/kubernetes";
    private const string PodIndex = "metadata.labels['apps.kubernetes.io/pod-index']";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void StatefulSet_ShardsReplicasAndNames_Agree()
    {
        var spec = Document("StatefulSet").GetProperty("spec");
        var container = Container();

        Assert.Contains($"--shard=$(POD_INDEX)/{spec.GetProperty("replicas").GetInt32()}", Texts(container.GetProperty("args")), StringComparer.Ordinal);
        var index = Assert.Single(container.GetProperty("env").EnumerateArray(), entry => entry.GetProperty("name").GetString() == "POD_INDEX");
        Assert.Equal(PodIndex, index.GetProperty("valueFrom").GetProperty("fieldRef").GetProperty("fieldPath").GetString());

        var labels = spec.GetProperty("template").GetProperty("metadata").GetProperty("labels").GetRawText();
        Assert.Equal(labels, spec.GetProperty("selector").GetProperty("matchLabels").GetRawText());
        var spread = Assert.Single(spec.GetProperty("template").GetProperty("spec").GetProperty("topologySpreadConstraints").EnumerateArray());
        Assert.Equal(labels, spread.GetProperty("labelSelector").GetProperty("matchLabels").GetRawText());
        Assert.Equal(labels, Document("Service").GetProperty("spec").GetProperty("selector").GetRawText());
        Assert.Equal(labels, Document("PodMonitor").GetProperty("spec").GetProperty("selector").GetProperty("matchLabels").GetRawText());
        Assert.Equal(Document("Service").GetProperty("metadata").GetProperty("name").GetString(), spec.GetProperty("serviceName").GetString());
        Assert.Equal("app.kubernetes.io/name", Document("PodMonitor").GetProperty("spec").GetProperty("jobLabel").GetString());

        // All that is written lies in a volume of the pod's own, and all that is read in the ConfigMap.
        var mounts = container.GetProperty("volumeMounts").EnumerateArray().ToDictionary(mount => mount.GetProperty("name").GetString()!, mount => mount.GetProperty("mountPath").GetString()!, StringComparer.Ordinal);
        Assert.Equal(mounts["state"], Path.GetDirectoryName(StateFile().Match(Data("zmq_exporter.yml")).Groups["path"].Value));
        Assert.Equal("state", Assert.Single(spec.GetProperty("volumeClaimTemplates").EnumerateArray()).GetProperty("metadata").GetProperty("name").GetString());
        Assert.Contains($"--config.file={mounts["config"]}/zmq_exporter.yml", Texts(container.GetProperty("args")), StringComparer.Ordinal);
        Assert.Contains("USER $APP_UID", Repository.Read("Dockerfile"), StringComparison.Ordinal);
    }

    [Fact]
    public void PodMonitor_Instance_IsUniqueOverNamespaces()
    {
        var endpoint = Assert.Single(Document("PodMonitor").GetProperty("spec").GetProperty("podMetricsEndpoints").EnumerateArray());
        var rule = Assert.Single(endpoint.GetProperty("relabelings").EnumerateArray(), rule => rule.GetProperty("targetLabel").GetString() == "instance");

        Assert.Equal(["__meta_kubernetes_namespace", "__meta_kubernetes_pod_name"], Texts(rule.GetProperty("sourceLabels")), StringComparer.Ordinal);
        Assert.Equal("/", rule.GetProperty("separator").GetString());
    }

    [Fact]
    public async Task StatefulSet_PodsAsKubernetesStartsThem_ProbeEachTargetOnce()
    {
        await using var server = await PythonPeer.StartRepAsync();
        var config = Data("zmq_exporter.yml");
        _directory.Write("targets.yml", Endpoints().Replace(Data("targets.yml"), server.Endpoint));
        var file = _directory.Write("zmq_exporter.yml", config.Replace("15s", "1s, timeout: 1s", StringComparison.Ordinal));
        Assert.Equal(0, (await ExporterProcess.RunAsync("check-config", file)).ExitCode);

        var probed = new List<string>();
        var replicas = Document("StatefulSet").GetProperty("spec").GetProperty("replicas").GetInt32();
        for (var pod = 0; pod < replicas; pod++)
        {
            var state = Directory.CreateDirectory(Path.Combine(_directory.Path, pod.ToString(CultureInfo.InvariantCulture))).FullName;
            var own = _directory.Write($"pod-{pod.ToString(CultureInfo.InvariantCulture)}.yml", StateFile().Replace(await ReadAsync(file), $"state_file: {state}/state.json"));
            string[] arguments =
            [
                .. Texts(Container().GetProperty("args")).Select(argument => argument
                    .Replace("$(POD_INDEX)", pod.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                    .Replace("/etc/zmq_exporter/zmq_exporter.yml", own, StringComparison.Ordinal)
                    .Replace(":19555", "127.0.0.1:0", StringComparison.Ordinal)),
            ];
            await using var process = ExporterProcess.StartProcess(arguments);
            var address = new Uri((await process.WaitForLineAsync(@"msg=""listening"" address=(\S+)")).Groups[1].Value);
            probed.AddRange(await UpAsync(address));
            await process.SignalAsync("TERM");
            Assert.Equal(0, await process.WaitForExitAsync());
            Assert.True(System.IO.File.Exists(Path.Combine(state, "state.json")));
        }

        Assert.Equal(["invoices", "orders", "quotes"], probed.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    // Its targets, once all of them are up.
    private static async Task<IReadOnlyList<string>> UpAsync(Uri address)
    {
        using var client = new HttpClient { BaseAddress = address };
        var samples = await Eventually.GetAsync(
            async () => MetricSamples.Parse(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken)) is var scrape
                && scrape.Find("zmq_target_state", ("state", "up")).All(sample => sample.Value == 1) ? scrape : null,
            Eventually.Deadline,
            () => $"the targets of {address} were never up");
        return [.. samples.Find("zmq_target_state", ("state", "up")).Select(sample => sample.Labels["target"])];
    }

    private static Task<string> ReadAsync(string file) => System.IO.File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);

    private static JsonElement Container() => Assert.Single(
        Document("StatefulSet").GetProperty("spec").GetProperty("template").GetProperty("spec").GetProperty("containers").EnumerateArray());

    private static string Data(string key) => Repository.Read($"{Kubernetes}/base/config/{key}");

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];

    private static JsonElement Document(string kind)
    {
        var file = kind switch { "StatefulSet" => "overlays/shards/statefulset.yaml", "PodMonitor" => "operator/podmonitor.yaml", _ => "base/service.yaml" };
        var yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(Repository.Read($"{Kubernetes}/{file}"));
        using var json = JsonDocument.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(yaml!));
        Assert.Equal(kind, json.RootElement.GetProperty("kind").GetString());
        return json.RootElement.Clone();
    }

    [GeneratedRegex(@"state_file: (?<path>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StateFile();

    [GeneratedRegex(@"tcp://[^""]+", RegexOptions.None, 1000)]
    private static partial Regex Endpoints();
}
