/*
 * The least that a probe can cost: one thread, one epoll, no library. Connects COUNT sockets to a ZMTP REP server (NULL, as a REQ), asks each
 * of them "ping" once a second, spread over the second, and takes the time until "pong". No names, no policy, no counters, no scrape.
 *
 *   cc -O2 epoll_baseline.c -o epoll_baseline && ./epoll_baseline PORT COUNT SECONDS
 *
 * Prints the CPU time of a probe in microseconds, the probes, and those without an answer.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, BUFFER = 512, INTERVAL_NS = 1000000000 };

struct target
{
    int fd;
    int waits; /* for an answer */
    int64_t sent;
};

static const unsigned char greeting[64] = { 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0, 'N', 'U', 'L', 'L' };
static const unsigned char ready[] = { 4, 25, 5, 'R', 'E', 'A', 'D', 'Y', 11, 'S', 'o', 'c', 'k', 'e', 't', '-', 'T', 'y', 'p', 'e', 0, 0, 0, 3, 'R', 'E', 'Q' };
static const unsigned char request[] = { 1, 0, 0, 4, 'p', 'i', 'n', 'g' };
static const unsigned char reply[] = { 1, 0, 0, 4, 'p', 'o', 'n', 'g' };

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static double cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void read_exactly(int fd, unsigned char *into, size_t length)
{
    for (size_t done = 0; done < length;)
    {
        ssize_t count = recv(fd, into + done, length - done, 0);
        if (count <= 0)
        {
            fail("handshake");
        }

        done += (size_t)count;
    }
}

/* Blocking: only what comes after it is measured. */
static int open_connection(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    unsigned char in[256];
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
    {
        fail("connect");
    }

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (send(fd, greeting, sizeof greeting, 0) != sizeof greeting || send(fd, ready, sizeof ready, 0) != sizeof ready)
    {
        fail("send");
    }

    read_exactly(fd, in, 64);
    read_exactly(fd, in, 2);
    read_exactly(fd, in + 2, in[1]);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

int main(int argc, char **argv)
{
    if (argc != 4)
    {
        fprintf(stderr, "usage: epoll_baseline PORT COUNT SECONDS\n");
        return 2;
    }

    int port = atoi(argv[1]);
    int count = atoi(argv[2]);
    int seconds = atoi(argv[3]);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    struct target *targets = calloc((size_t)count, sizeof *targets);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < count; i++)
    {
        targets[i].fd = open_connection(port);
        struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u32 = (uint32_t)i };
        epoll_ctl(poll, EPOLL_CTL_ADD, targets[i].fd, &event);
    }

    int64_t start = now();
    int64_t end = start + (int64_t)seconds * INTERVAL_NS;
    double cpu_before = cpu();
    long probes = 0, missed = 0, answers = 0;
    int64_t round_trips = 0;
    int64_t next = 0; /* the probe that is due next; probe k of all is due at start + k * interval / count */
    while (1)
    {
        int64_t time = now();
        if (time >= end)
        {
            break;
        }

        while (start + next * INTERVAL_NS / count <= time)
        {
            struct target *target = &targets[next++ % count];
            missed += target->waits;
            target->waits = 1;
            target->sent = now();
            probes++;
            if (send(target->fd, request, sizeof request, MSG_NOSIGNAL) != sizeof request)
            {
                fail("send");
            }
        }

        int64_t wait = start + next * INTERVAL_NS / count - now();
        struct epoll_event events[EVENTS];
        int ready_count = epoll_wait(poll, events, EVENTS, wait <= 0 ? 0 : (int)((wait + 999999) / 1000000));
        for (int i = 0; i < ready_count; i++)
        {
            struct target *target = &targets[events[i].data.u32];
            unsigned char in[BUFFER];
            ssize_t length = recv(target->fd, in, sizeof in, 0);
            if (length == 0 || (length < 0 && errno != EAGAIN))
            {
                fail("receive");
            }

            if (length == sizeof reply && memcmp(in, reply, sizeof reply) == 0)
            {
                target->waits = 0;
                answers++;
                round_trips += now() - target->sent;
            }
        }
    }

    printf("%.1f %ld %ld %.1f\n", (cpu() - cpu_before) / (double)probes, probes, missed, answers == 0 ? 0.0 : (double)round_trips / (double)answers / 1000.0);
    return 0;
}
