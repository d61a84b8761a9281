// The origin of the bench: answers as cheaply as it can, so that it is never what is measured.
//
//   origin                      prints its ports on standard output as a line of JSON, and serves until it is ended
//
//   http      GET /small (1 KiB), GET /bulk (64 MiB), POST of any length (read and forgotten, 1 KiB back), and
//             GET /received (how many bytes of bodies came, as the Content-Length of nothing); ends the connection
//             after a request that says "Connection: close"
//   echo      sends back what comes
//   echoOnce  sends back the first message and ends the connection
//
// One thread with epoll. It is no server to use: it believes what it is sent.
#include "sockets.h"

enum { SMALL_BYTES = 1024, BULK_BYTES = 64 * 1024 * 1024 };

enum kind { HTTP, ECHO, ECHO_ONCE };

struct connection {
  int fd;
  enum kind kind;
  bool listens, last;  // accepts others; ends after this response
  bool writing;        // whether epoll tells when it can be written to, and not when it can be read from
  long long to_read;   // of the body of its request
  long long to_send;   // of the bulk
  char *part;          // what has come of a head, when that comes in pieces
  size_t part_bytes;
};

static char step[STEP_BYTES + 1], zeros[STEP_BYTES], small[2 * SMALL_BYTES], bulk_head[SMALL_BYTES];
static size_t small_bytes, bulk_head_bytes;
static int poller;
static long long received;

static size_t write_head(char *into, size_t room, long long body_bytes) {
  return (size_t)snprintf(into, room,
                          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nServer: bench\r\n"
                          "Date: Fri, 20 Nov 2026 12:00:00 GMT\r\nContent-Length: %lld\r\n\r\n",
                          body_bytes);
}

static void watch(struct connection *connection, int how, bool writing) {
  struct epoll_event event = {.events = writing ? EPOLLOUT : EPOLLIN, .data.ptr = connection};
  epoll_ctl(poller, how, connection->fd, &event);
  connection->writing = writing;
}

// What is short always fits into what the kernel has room for.
static bool send_all(int fd, const char *bytes, size_t count) {
  return send(fd, bytes, count, MSG_NOSIGNAL) == (ssize_t)count;
}

static bool answer(struct connection *connection) {
  return send_all(connection->fd, small, small_bytes) && !connection->last;
}

static bool on_writable(struct connection *connection) {
  size_t wanted = connection->to_send < STEP_BYTES ? (size_t)connection->to_send : STEP_BYTES;
  ssize_t sent = send(connection->fd, zeros, wanted, MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN;
  connection->to_send -= sent;
  if (connection->to_send > 0) return true;
  watch(connection, EPOLL_CTL_MOD, false);
  return !connection->last;
}

static bool on_request(struct connection *connection, size_t count) {
  step[count] = '\0';
  const char *body = strstr(step, "\r\n\r\n");
  if (!body) {
    connection->part = realloc(connection->part, count);
    if (!connection->part) abort();
    memcpy(connection->part, step, connection->part_bytes = count);
    return true;
  }
  connection->part_bytes = 0;
  connection->last = memmem(step, (size_t)(body - step), "onnection: close", 16) != NULL;
  if (step[0] == 'P') {
    const char *length = strcasestr(step, "\nContent-Length:");
    received += step + count - body - 4;
    connection->to_read = (length ? atoll(length + 16) : 0) - (long long)(step + count - body - 4);
    return connection->to_read > 0 || answer(connection);
  }
  if (strncmp(step, "GET /received ", 14) == 0) {
    char head[SMALL_BYTES];
    return send_all(connection->fd, head, write_head(head, sizeof head, received));
  }
  if (strncmp(step, "GET /bulk ", 10) != 0) return answer(connection);
  connection->to_send = BULK_BYTES;
  watch(connection, EPOLL_CTL_MOD, true);
  return send_all(connection->fd, bulk_head, bulk_head_bytes);
}

static bool on_readable(struct connection *connection) {
  size_t part = connection->part_bytes;
  if (part > 0) memcpy(step, connection->part, part);
  ssize_t count = recv(connection->fd, step + part, STEP_BYTES - part, 0);
  if (count < 0) return errno == EAGAIN;
  if (count == 0) return false;
  count += (ssize_t)part;
  switch (connection->kind) {
    case ECHO: return send_all(connection->fd, step, (size_t)count);
    case ECHO_ONCE: send_all(connection->fd, step, (size_t)count); return false;
    case HTTP: break;
  }
  if (connection->to_read == 0) return on_request(connection, (size_t)count);
  connection->to_read -= count;
  received += count;
  return connection->to_read > 0 || answer(connection);
}

static struct connection *new_connection(int fd, enum kind kind) {
  struct connection *connection = calloc(1, sizeof *connection);
  if (!connection) abort();
  connection->fd = fd;
  connection->kind = kind;
  return connection;
}

static void on_clients(struct connection *listener) {
  for (int fd; (fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    send_at_once(fd);
    watch(new_connection(fd, listener->kind), EPOLL_CTL_ADD, false);
  }
}

// Listens on a port that the system chooses; returns it.
static int listen_as(enum kind kind) {
  struct connection *listener = new_connection(listening_socket(0), kind);
  struct sockaddr_in here;
  socklen_t length = sizeof here;
  getsockname(listener->fd, (struct sockaddr *)&here, &length);
  listener->listens = true;
  watch(listener, EPOLL_CTL_ADD, false);
  return ntohs(here.sin_port);
}

int main(void) {
  begin_sockets();
  small_bytes = write_head(small, sizeof small, SMALL_BYTES);
  memset(small + small_bytes, 'x', SMALL_BYTES);
  memcpy(small + small_bytes + SMALL_BYTES - 4, "END\n", 4);
  small_bytes += SMALL_BYTES;
  bulk_head_bytes = write_head(bulk_head, sizeof bulk_head, BULK_BYTES);
  poller = epoll_create1(EPOLL_CLOEXEC);
  int http = listen_as(HTTP), echo = listen_as(ECHO), echo_once = listen_as(ECHO_ONCE);
  printf("{\"http\":%d,\"echo\":%d,\"echoOnce\":%d}\n", http, echo, echo_once);
  fflush(stdout);
  for (;;) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int at = 0; at < ready; at++) {
      struct connection *connection = events[at].data.ptr;
      if (connection->listens) {
        on_clients(connection);
      } else if (connection->writing ? !on_writable(connection) : !on_readable(connection)) {
        close(connection->fd);
        free(connection->part);
        free(connection);
      }
    }
  }
}
