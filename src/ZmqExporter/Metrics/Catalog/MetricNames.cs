namespace ZmqExporter.Metrics.Catalog;

/// <summary>Every metric name: the contract of docs/metrics.md with dashboards, rules and their users.</summary>
internal static class MetricNames
{
    public const string ValuesDropped = "zmq_values_dropped_total";
    public const string TargetInfo = "zmq_target_info";
    public const string TargetState = "zmq_target_state";
    public const string TargetReachable = "zmq_target_reachable";
    public const string TargetResponsive = "zmq_target_responsive";
    public const string TargetReady = "zmq_target_ready";
    public const string TargetConsecutiveMisses = "zmq_target_consecutive_misses";
    public const string TargetFailing = "zmq_target_failing";
    public const string TargetUnmapped = "zmq_target_unmapped";
    public const string TargetObjective = "zmq_target_objective_ratio";
    public const string TargetStateChanges = "zmq_target_state_changes_total";
    public const string TargetFlapping = "zmq_target_flapping";
    public const string TargetStateChangeTimestamp = "zmq_target_state_change_timestamp_seconds";
    public const string TargetDownAfterMisses = "zmq_target_down_after_misses";
    public const string TargetLateAfter = "zmq_target_late_after_seconds";
    public const string TargetInterval = "zmq_target_interval_seconds";

    public const string Probes = "zmq_probes_total";
    public const string ProbeMisses = "zmq_probe_misses_total";
    public const string ProbeLate = "zmq_probe_late_total";
    public const string ProbeOverdue = "zmq_probe_overdue_seconds";
    public const string ProbeStaleReplies = "zmq_probe_stale_replies_total";
    public const string ProbeFailures = "zmq_probe_failures_total";
    public const string ProbeDuration = "zmq_probe_duration_seconds";
    public const string ProbeLastDuration = "zmq_probe_last_duration_seconds";
    public const string ProbeLastTimestamp = "zmq_probe_last_timestamp_seconds";
    public const string ProbeLastSuccessTimestamp = "zmq_probe_last_success_timestamp_seconds";

    public const string ConnectionEvents = "zmq_connection_events_total";
    public const string PeerInfo = "zmq_peer_info";

    public const string SubscriptionMessages = "zmq_subscription_messages_total";
    public const string SubscriptionBytes = "zmq_subscription_bytes_total";
    public const string SubscriptionLost = "zmq_subscription_lost_messages_total";
    public const string SubscriptionLostWhileDisconnected = "zmq_subscription_lost_while_disconnected_total";
    public const string SubscriptionResets = "zmq_subscription_sequence_resets_total";
    public const string SubscriptionUntracked = "zmq_subscription_untracked_messages_total";
    public const string SubscriptionLastMessageTimestamp = "zmq_subscription_last_message_timestamp_seconds";
    public const string SubscriptionDelay = "zmq_subscription_delay_seconds";

    public const string LoopMessages = "zmq_loop_messages_total";
    public const string LoopLost = "zmq_loop_lost_messages_total";
    public const string LoopDuplicates = "zmq_loop_duplicate_messages_total";
    public const string LoopReordered = "zmq_loop_reordered_messages_total";

    public const string TargetRestarts = "zmq_target_restarts_total";
    public const string HeartbeatStartTime = "zmq_heartbeat_start_time_seconds";

    public const string BuildInfo = "zmq_exporter_build_info";
    public const string ExternalUrlInfo = "zmq_exporter_external_url_info";
    public const string Targets = "zmq_exporter_targets";
    public const string TargetsRefused = "zmq_exporter_targets_refused";
    public const string Shard = "zmq_exporter_shard";
    public const string Shards = "zmq_exporter_shards";
    public const string Clock = "zmq_exporter_clock_seconds";
    public const string ProbesInFlight = "zmq_exporter_probes_in_flight";
    public const string ScheduleDelay = "zmq_exporter_schedule_delay_seconds";
    public const string ProbesSkipped = "zmq_exporter_probes_skipped_total";
    public const string MeasurementError = "zmq_exporter_measurement_error_seconds";
    public const string DescriptorsInUse = "zmq_exporter_descriptors_in_use";
    public const string DescriptorsLimit = "zmq_exporter_descriptors_limit";
    public const string HeartbeatsTaken = "zmq_exporter_heartbeats_total";
    public const string HeartbeatsRefused = "zmq_exporter_heartbeats_refused_total";
    public const string HeartbeatConnections = "zmq_exporter_heartbeat_connections";
    public const string NetMqRestarts = "zmq_exporter_netmq_restarts_total";
    public const string NetMqQuarantined = "zmq_exporter_netmq_quarantined";
    public const string ConfigLastReloadSuccessful = "zmq_exporter_config_last_reload_successful";
    public const string ConfigLastReloadSuccessTimestamp = "zmq_exporter_config_last_reload_success_timestamp_seconds";
    public const string WebConfigLastReloadSuccessful = "zmq_exporter_web_config_last_reload_successful";
    public const string WebConfigCertificateNotAfter = "zmq_exporter_web_config_certificate_not_after_timestamp_seconds";
    public const string StateSavedTimestamp = "zmq_exporter_state_saved_timestamp_seconds";
    public const string StateSaveFailures = "zmq_exporter_state_save_failures_total";
    public const string DiscoveryTargets = "zmq_exporter_discovery_targets";
    public const string DiscoveryConflicts = "zmq_exporter_discovery_conflicts";
    public const string DiscoverySuccessful = "zmq_exporter_discovery_last_refresh_successful";
    public const string DiscoveryLastSuccessTimestamp = "zmq_exporter_discovery_last_success_timestamp_seconds";
    public const string DiscoveryRefreshInterval = "zmq_exporter_discovery_refresh_interval_seconds";
    public const string DiscoveryFailures = "zmq_exporter_discovery_failures_total";
    public const string CollectErrors = "zmq_exporter_collect_errors_total";

    public const string ProcessCpu = "process_cpu_seconds_total";
    public const string ProcessStartTime = "process_start_time_seconds";
    public const string ProcessResidentMemory = "process_resident_memory_bytes";
    public const string ProcessVirtualMemory = "process_virtual_memory_bytes";
    public const string ProcessOpenDescriptors = "process_open_fds";
    public const string ProcessMaxDescriptors = "process_max_fds";

    public const string GcCollections = "dotnet_gc_collections_total";
    public const string GcHeapSize = "dotnet_gc_heap_size_bytes";
    public const string ThreadPoolThreads = "dotnet_threadpool_threads";
    public const string ThreadPoolQueueLength = "dotnet_threadpool_queue_length";
}
