// Heartbeats (ZHB1) for czmq: call answer() from the loop that does the work.
// Build and run: cc heartbeat.c -lczmq -lzmq -o heartbeat && ./heartbeat 'tcp://*:5556'
#include <czmq.h>

// Makes a request its reply; false for what is no heartbeat request.
static bool answer(zmsg_t *message, const char *status, const char *instance, const char *details) {
    zframe_t *frame = zmsg_first(message);
    while (frame && !zframe_streq(frame, "ZHB1")) frame = zmsg_next(message);
    if (!frame || !zmsg_next(message)) return false; // the token
    zframe_t *service = zmsg_next(message);
    if (service && zframe_size(service) > 0 && !zframe_streq(service, "echo")) status = "UNKNOWN";
    if (service) zmsg_remove(message, service);
    zframe_destroy(&service);
    return !zmsg_addstr(message, status) && !zmsg_addstr(message, instance) && !zmsg_addstr(message, details);
}

int main(int argc, char **argv) {
    zsock_t *socket = zsock_new_router(argc > 1 ? argv[1] : "tcp://*:5556");
    zuuid_t *instance = zuuid_new();
    char details[100];
    snprintf(details, sizeof details, "{\"start_time\": %lld, \"version\": \"1.0\", \"queue_depth\": 0}", (long long) (zclock_time() / 1000));
    zmsg_t *message;
    while ((message = zmsg_recv(socket))) {
        if (answer(message, "SERVING", zuuid_str(instance), details)) zmsg_send(&message, socket);
        zmsg_destroy(&message);
    }
}
