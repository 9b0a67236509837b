// Heartbeats (ZHB1) for cppzmq: call answer() from the loop that does the work.
// Build and run: g++ -std=c++17 heartbeat.cpp -lzmq -o heartbeat && ./heartbeat 'tcp://*:5556'
#include <chrono>
#include <random>
#include <zmq_addon.hpp>

static const auto started = std::chrono::system_clock::now().time_since_epoch() / std::chrono::seconds(1);
static const auto instance = std::to_string(started) + "-" + std::to_string(std::random_device{}());

// Makes a request its reply; false for what is no heartbeat request.
static bool answer(zmq::multipart_t &message, std::string status, const std::string &numbers) {
    size_t at = 0;
    while (at < message.size() && message[at].to_string_view() != "ZHB1") at++;
    if (at + 1 >= message.size()) return false; // the token
    if (message.size() > at + 2) {
        const auto service = message.remove().to_string();
        if (!service.empty() && service != "echo") status = "UNKNOWN";
    }
    message.addstr(status);
    message.addstr(instance);
    message.addstr("{\"start_time\": " + std::to_string(started) + ", \"version\": \"1.0\", " + numbers + "}");
    return true;
}

int main(int argc, char **argv) {
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::router);
    socket.bind(argc > 1 ? argv[1] : "tcp://*:5556");
    for (zmq::multipart_t message; message.recv(socket);)
        if (answer(message, "SERVING", "\"queue_depth\": 0")) message.send(socket);
}
