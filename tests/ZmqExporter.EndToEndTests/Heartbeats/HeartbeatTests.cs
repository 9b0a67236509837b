using ZmqExporter.EndToEndTests.Scenarios;

namespace ZmqExporter.EndToEndTests.Heartbeats;

/// <summary>What befalls servers that speak the heartbeat protocol, told by one exporter.</summary>
public sealed class HeartbeatTests
{
    [Fact]
    public async Task Serve_AWorkerFailsHangsAndRestartsAndAPipelineHangs_EachIsTold()
    {
        using var work = new ReservedPort();
        using var jobs = new ReservedPort();
        using var beats = new ReservedPort();
        var worker = Responders.Python("worker.py", work.Endpoint);
        await using var pipeline = Responders.Python("pipeline.py", jobs.Endpoint, beats.Endpoint, "0.2");
        try
        {
            await using var exporter = await ExporterProcess.StartAsync(
                $$$"""
                defaults: {interval: 500ms, timeout: 400ms, policy: {late_after: 300ms}}
                modules:
                  jobs_beat: {extends: heartbeat_feed, heartbeat: {service: resize} }
                targets:
                  - {name: worker, endpoint: "{{{work.Endpoint}}}", modules: [heartbeat]}
                  - {name: pipeline, endpoint: "{{{beats.Endpoint}}}", modules: [jobs_beat]}
                """);
            var up = await exporter.EventuallyAsync(samples => IsAnswering(samples, "worker") && IsAnswering(samples, "pipeline")
                && Number(samples, "pipeline", "jobs_done") == 0 && Number(samples, "worker", "jobs_done") == 0);
            Assert.Equal((0, 0), (Restarts(up, "worker"), Restarts(up, "pipeline")));
            Assert.True(up.Value("zmq_heartbeat_start_time_seconds", ("target", "worker")) > 1.7e9);

            // It says itself that it does not serve, and why.
            Assert.Equal("error", await ZmqCheck.AskAsync("REQ", work.Endpoint, "fail"));
            await exporter.EventuallyAsync(samples => TargetView.Of(samples, "worker") is { State: "down", Answers: (1, 1, 0) }
                && TargetView.Failures(samples, "worker", "unexpected_reply") >= 3);
            Assert.Contains("NOT_SERVING: the database is away", await exporter.GetTextAsync("/api/v1/targets/worker/heartbeat"), StringComparison.Ordinal);
            Assert.Equal("AGAIN", await ZmqCheck.AskAsync("REQ", work.Endpoint, "again"));
            await exporter.EventuallyAsync(samples => IsAnswering(samples, "worker") && Number(samples, "worker", "jobs_done") == 1);

            // A job hangs, and libzmq's thread goes on.
            Assert.Equal("nothing", await ZmqCheck.AskAsync("REQ", work.Endpoint, "hang", TimeSpan.FromSeconds(2)));
            await exporter.EventuallyAsync(samples => TargetView.Of(samples, "worker") is { State: "down", Answers: (1, 0, 0) }
                && TargetView.Failures(samples, "worker", "reply_timeout") >= 3);

            // Another process in its place is seen as such.
            await worker.DisposeAsync();
            worker = Responders.Python("worker.py", work.Endpoint);
            var restarted = await exporter.EventuallyAsync(samples => IsAnswering(samples, "worker") && Restarts(samples, "worker") == 1);
            Assert.Equal(0, Restarts(restarted, "pipeline"));

            // A pipeline that nobody can ask falls silent, by its own interval.
            await using (PythonPeer.StartProcess("push_job.py", jobs.Endpoint, "hang"))
            {
                await exporter.EventuallyAsync(samples => TargetView.Of(samples, "pipeline").State == "down" && TargetView.Failures(samples, "pipeline", "silent") >= 3);
            }

            Assert.Contains("the next comes within 0.2 s: two intervals and a grace", await exporter.GetTextAsync("/api/v1/targets/pipeline/jobs_beat"), StringComparison.Ordinal);
        }
        finally
        {
            await worker.DisposeAsync();
        }
    }

    private static bool IsAnswering(MetricSamples samples, string target) => TargetView.Of(samples, target).State is "up" or "degraded";

    private static double? Restarts(MetricSamples samples, string target) => samples.Value("zmq_target_restarts_total", ("target", target));

    private static double? Number(MetricSamples samples, string target, string name) => samples.Value("zmq_heartbeat_value", ("target", target), ("name", name));
}
