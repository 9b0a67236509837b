using System.Text.Json;

namespace ZmqExporter.Tests.Deploy;

/// <summary>deploy/kubernetes: what kustomizations name exists, everything that exists is named, and the pods have no more rights than they need.</summary>
public sealed class KustomizationTests
{
    private const string Root = "deploy/kubernetes";
    private const int AnnotationLimit = 262_144; // what "kubectl apply" may write into an object without --server-side

    private static readonly string[] Kustomizations =
        [.. RepositoryYaml.Below(Root, "kustomization.yaml"), "alerts/kustomization.yaml", "dashboards/kustomization.yaml"];

    [Fact]
    public void Kustomizations_WhatTheyName_IsThereAndFilesAreBelowThem()
    {
        foreach (var kustomization in Kustomizations)
        {
            foreach (var name in Named(kustomization))
            {
                var path = Path.GetFullPath(name, Path.Combine(Repository.Root, Path.GetDirectoryName(kustomization)!));
                Assert.True(Path.Exists(path), $"{kustomization} names {name}");
                if (Directory.Exists(path))
                {
                    Assert.True(File.Exists(Path.Combine(path, "kustomization.yaml")), $"{name} is no kustomization");
                }
                else
                {
                    Assert.DoesNotContain("..", name, StringComparison.Ordinal); // kustomize reads no file from elsewhere
                }
            }
        }
    }

    [Fact]
    public void Files_BesideKustomizations_AreNamed()
    {
        var named = Kustomizations
            .SelectMany(kustomization => Named(kustomization).Select(name => Path.GetFullPath(name, Path.Combine(Repository.Root, Path.GetDirectoryName(kustomization)!))))
            .ToHashSet(StringComparer.Ordinal);
        var files = RepositoryYaml.Below(Root, "*.y*ml").Where(file => !file.EndsWith("kustomization.yaml", StringComparison.Ordinal));

        // An example of an object that is the user's own.
        Assert.Equal([$"{Root}/scrape-class/prometheus.yaml"], files.Where(file => !named.Contains(Path.Combine(Repository.Root, file))), StringComparer.Ordinal);
    }

    [Fact]
    public void Dashboards_EachOfThem_IsAConfigMapThatFits()
    {
        var generator = RepositoryYaml.Read("dashboards/kustomization.yaml").GetProperty("configMapGenerator");
        var files = generator.EnumerateArray().SelectMany(map => map.Texts("files"));

        Assert.Equal(RepositoryYaml.Below("dashboards", "zmq-*.json").Select(Path.GetFileName), files.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(files, file => Assert.InRange(new FileInfo(Path.Combine(Repository.Root, "dashboards", file)).Length, 1, AnnotationLimit - 1));
        Assert.InRange(Repository.Read("alerts/prometheusrule.yaml").Length, 1, AnnotationLimit - 1);
    }

    [Theory]
    [InlineData("base/deployment.yaml")]
    [InlineData("overlays/shards/statefulset.yaml")]
    public void Pods_UnderThePolicyRestricted_MayStart(string file)
    {
        var pod = PodOf(file);
        var context = pod.GetProperty("securityContext");
        var container = Assert.Single(pod.GetProperty("containers").EnumerateArray());
        var own = container.GetProperty("securityContext");

        Assert.True(context.GetProperty("runAsNonRoot").GetBoolean());
        Assert.NotEqual(0, context.GetProperty("runAsUser").GetInt32());
        Assert.Equal("RuntimeDefault", context.GetProperty("seccompProfile").GetProperty("type").GetString());
        Assert.False(own.GetProperty("allowPrivilegeEscalation").GetBoolean());
        Assert.True(own.GetProperty("readOnlyRootFilesystem").GetBoolean());
        Assert.Equal(["ALL"], own.GetProperty("capabilities").Texts("drop"), StringComparer.Ordinal);
        Assert.False(pod.GetProperty("automountServiceAccountToken").GetBoolean());
        Assert.Contains(container.GetProperty("env").EnumerateArray(), entry => entry.GetProperty("name").GetString() == "DOTNET_EnableDiagnostics" && entry.GetProperty("value").GetRawText() == "\"0\"");
        Assert.True(container.GetProperty("resources").GetProperty("limits").TryGetProperty("memory", out _));
    }

    [Theory]
    [InlineData("base/deployment.yaml")]
    [InlineData("overlays/shards/statefulset.yaml")]
    public void Probes_OfPods_AskWhatTheExporterAnswers(string file)
    {
        var container = PodOf(file).GetProperty("containers")[0];

        Assert.Equal("/-/ready", Path(container, "readinessProbe"));
        Assert.Equal("/-/healthy", Path(container, "livenessProbe"));
        Assert.Equal("/-/healthy", Path(container, "startupProbe"));
        Assert.Contains("--web.listen-address=:" + container.GetProperty("ports")[0].GetProperty("containerPort").GetRawText(), container.Texts("args"), StringComparer.Ordinal);

        static string? Path(JsonElement container, string probe) => container.GetProperty(probe).GetProperty("httpGet").GetProperty("path").GetString();
    }

    [Fact]
    public void StatefulSet_Image_IsTheOneThatOverlaysReplace()
    {
        var image = PodOf("base/deployment.yaml").GetProperty("containers")[0].GetProperty("image").GetString();

        Assert.Equal(image, PodOf("overlays/shards/statefulset.yaml").GetProperty("containers")[0].GetProperty("image").GetString());
        foreach (var overlay in new[] { "single", "shards" })
        {
            var replaced = Assert.Single(RepositoryYaml.Read($"{Root}/overlays/{overlay}/kustomization.yaml").GetProperty("images").EnumerateArray());
            Assert.Equal(image, $"{replaced.GetProperty("name").GetString()}:{replaced.GetProperty("newTag").GetString()}");
        }
    }

    [Fact]
    public void ScrapeClass_OfThePatch_IsTheOneOfTheExample()
    {
        var patch = Repository.Read($"{Root}/scrape-class/kustomization.yaml");
        var prometheus = RepositoryYaml.Read($"{Root}/scrape-class/prometheus.yaml");

        Assert.Contains($"value: {prometheus.GetProperty("spec").GetProperty("scrapeClasses")[0].GetProperty("name").GetString()}}}", patch, StringComparison.Ordinal);
    }

    private static JsonElement PodOf(string file) => RepositoryYaml.Read($"{Root}/{file}").GetProperty("spec").GetProperty("template").GetProperty("spec");

    private static IEnumerable<string> Named(string file)
    {
        var kustomization = RepositoryYaml.Read(file);
        var maps = kustomization.TryGetProperty("configMapGenerator", out var generators) ? generators.EnumerateArray().SelectMany(map => map.Texts("files")) : [];
        return [.. kustomization.Texts("resources"), .. kustomization.Texts("components"), .. maps];
    }
}
