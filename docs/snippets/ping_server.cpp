// A server that answers a ping on a second socket, from the very loop that does its work: when that loop hangs, so does the
// answer. Build and run: g++ -std=c++17 ping_server.cpp -lzmq -o ping_server && ./ping_server 'tcp://*:5555' 'tcp://*:5556'
#include <zmq.h>

#include <cctype>
#include <stdexcept>
#include <string>
#include <vector>

static std::vector<std::string> receive(void *socket) {
    std::vector<std::string> frames;
    do {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, socket, 0) < 0) throw std::runtime_error(zmq_strerror(zmq_errno()));
        frames.emplace_back(static_cast<const char *>(zmq_msg_data(&frame)), zmq_msg_size(&frame));
        const bool more = zmq_msg_more(&frame);
        zmq_msg_close(&frame);
        if (!more) return frames;
    } while (true);
}

static void send(void *socket, const std::string &text) { zmq_send(socket, text.data(), text.size(), 0); }

static std::string do_work(std::string job) {
    if (job == "fail") throw std::domain_error("the database is away");  // stands for whatever can go wrong in your work
    for (auto &c : job) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return job;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    void *context = zmq_ctx_new();
    void *work = zmq_socket(context, ZMQ_REP), *health = zmq_socket(context, ZMQ_REP);
    if (zmq_bind(work, argv[1]) != 0 || zmq_bind(health, argv[2]) != 0) return 1;
    std::string trouble;
    while (true) {
        zmq_pollitem_t items[] = {{work, 0, ZMQ_POLLIN, 0}, {health, 0, ZMQ_POLLIN, 0}};
        if (zmq_poll(items, 2, -1) < 0) return 1;
        if (items[0].revents & ZMQ_POLLIN) {
            const auto request = receive(work);
            try {
                send(work, do_work(request[0]));
                trouble.clear();
            } catch (const std::domain_error &error) {
                trouble = error.what();
                send(work, "error: " + trouble);
            }
        }
        if (items[1].revents & ZMQ_POLLIN) {
            const bool is_ping = receive(health) == std::vector<std::string>{"ping"};
            send(health, !trouble.empty() ? "not ready: " + trouble : is_ping ? "pong" : "unknown");
        }
    }
}
