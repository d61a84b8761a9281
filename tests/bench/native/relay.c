// The limit for a user-space proxy that copies: what Doorward, and every peer of the bench, is held against.
//
//   relay PORT [PORT ...]       plain HTTP, CONNECT and SOCKS5 on 127.0.0.1, told apart by the first byte
//
// One thread with epoll reads into one buffer and writes from it: a connection that waits holds no buffer of its
// own. Connections to servers are kept, and used again by whichever client asks next.
//
// It is no proxy to use. There is no policy, no record, no limit and no timeout. It believes what it is sent: heads
// come in one piece, bodies have a Content-Length, nobody pipelines, hosts are IPv4 addresses.
#include "sockets.h"

enum { HOST_BYTES = 64 };

enum state {
  LISTENS,
  // Of a client.
  GREETS,        // nothing has come yet
  ASKS_SOCKS,    // its greeting has been answered
  ASKS_HTTP,     // its next request comes
  SENDS_BODY,    // the rest of its request comes
  WAITS,         // for the response
  // Of a server.
  CONNECTS,
  IDLE,          // kept for the next request
  ANSWERS,       // its next response comes
  ANSWERS_BODY,  // the rest of it comes
  // Of both.
  TUNNELS,
  CLOSED,
};

// One connection.
struct side {
  int fd;
  enum state state;
  bool socks;            // whether it asked by SOCKS5
  bool last;             // whether it is closed after this message
  bool ended;            // whether its end has come
  bool mute;             // whether it is not read from for now
  uint32_t watched;      // what epoll has been told
  struct side *peer;
  struct sockaddr_in to; // of a server: who it is
  long long left;        // of the body that comes from it
  char *held;            // what is to be written to it, and was not taken yet
  size_t held_bytes;
  struct side *next;     // in the list of the idle, or of the closed
};

static char step[STEP_BYTES + 1];
static int poller;
static struct side *idle_servers, *closed_sides;

static void watch(struct side *side) {
  uint32_t events = 0;
  if (side->state == CONNECTS || side->held) events |= EPOLLOUT;
  if (!side->mute && !side->ended) events |= EPOLLIN;
  struct epoll_event event = {.events = events, .data.ptr = side};
  // Nothing at all is told apart from what epoll was never told.
  if ((events | EPOLLERR) == side->watched) return;
  epoll_ctl(poller, side->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, side->fd, &event);
  side->watched = events | EPOLLERR;
}

static struct side *new_side(int fd, enum state state) {
  struct side *side = calloc(1, sizeof *side);
  if (!side) abort();
  side->fd = fd;
  side->state = state;
  send_at_once(fd);
  return side;
}

// Freed when the events at hand are through, for one of them may be of it.
static void close_one(struct side *side) {
  if (side->state == CLOSED) return;
  for (struct side **at = &idle_servers; side->state == IDLE && *at; at = &(*at)->next) {
    if (*at != side) continue;
    *at = side->next;
    break;
  }
  close(side->fd);
  free(side->held);
  side->held = NULL;
  side->state = CLOSED;
  side->next = closed_sides;
  closed_sides = side;
}

static void close_both(struct side *side) {
  if (side->peer) close_one(side->peer);
  close_one(side);
}

static void hold(struct side *side, const char *bytes, size_t count) {
  side->held = realloc(side->held, side->held_bytes + count);
  if (!side->held) abort();
  memcpy(side->held + side->held_bytes, bytes, count);
  side->held_bytes += count;
}

// Writes, and holds what is not taken: who it came from is not read from until that is written.
static bool send_to(struct side *side, const char *bytes, size_t count) {
  if (!side->held) {
    ssize_t sent = send(side->fd, bytes, count, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent > 0) bytes += sent, count -= (size_t)sent;
    if (count == 0) return true;
  }
  hold(side, bytes, count);
  side->peer->mute = true;
  watch(side->peer);
  watch(side);
  return true;
}

static struct side *join(struct side *client, struct side *server) {
  server->peer = client;
  client->peer = server;
  return server;
}

// A connection to there that is kept, or NULL.
static struct side *take_idle(struct sockaddr_in to) {
  for (struct side **at = &idle_servers; *at; at = &(*at)->next) {
    struct side *server = *at;
    if (server->to.sin_port != to.sin_port || server->to.sin_addr.s_addr != to.sin_addr.s_addr) continue;
    *at = server->next;
    server->state = ANSWERS;
    return server;
  }
  return NULL;
}

// A new connection to there; the client is not read from until it stands. NULL when there is none to be had.
static struct side *dial(struct side *client, struct sockaddr_in to) {
  int fd = new_socket();
  if (fd < 0) return NULL;
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) {
    close(fd);
    return NULL;
  }
  struct side *server = join(client, new_side(fd, CONNECTS));
  server->to = to;
  client->mute = true;
  return server;
}

// "127.0.0.1:80"; port 80 where there is none.
static bool read_place(const char *text, size_t count, struct sockaddr_in *to) {
  char host[HOST_BYTES];
  if (count >= sizeof host) return false;
  memcpy(host, text, count);
  host[count] = '\0';
  char *colon = strchr(host, ':');
  if (colon) *colon = '\0';
  to->sin_family = AF_INET;
  to->sin_port = htons((uint16_t)(colon ? atoi(colon + 1) : 80));
  return inet_pton(AF_INET, host, &to->sin_addr) == 1;
}

// How long the body is behind a head that ends with NUL; nought when it does not say.
static long long body_bytes(const char *head) {
  static const char name[] = "\nContent-Length:";
  const char *at = strcasestr(head, name);
  return at ? atoll(at + sizeof name - 1) : 0;
}

// Where "Connection: close" begins in a head that ends with NUL, or NULL.
static char *close_field(char *head) {
  char *at = strcasestr(head, "\nConnection: close\r\n");
  return at ? at + 1 : NULL;
}

static bool take_tunnel(struct side *client, struct sockaddr_in to) {
  struct side *server = dial(client, to);
  if (!server) return false;
  client->state = TUNNELS;
  watch(client);
  watch(server);
  return true;
}

// Sends on a request, of which `count` bytes stand at `head`. It ends with NUL there.
static bool take_request(struct side *client, char *head, size_t count) {
  char *target = strchr(head, ' ');
  char *end = target ? strchr(++target, ' ') : NULL;
  char *body = strstr(head, "\r\n\r\n");
  if (!end || !body) return false;
  body += 4;
  struct sockaddr_in to = {0};
  if (strncmp(head, "CONNECT ", 8) == 0) {
    return read_place(target, (size_t)(end - target), &to) && take_tunnel(client, to);
  }
  if (strncmp(target, "http://", 7) != 0) return false;
  char *place = target + 7, *path = strchr(place, '/');
  if (!path || !read_place(place, (size_t)(path - place), &to)) return false;
  // Behind the head there may be bytes of the body, and they may look like anything.
  char first = *body;
  *body = '\0';
  client->left = body_bytes(head) - (long long)(head + count - body);
  char *closing = close_field(head);
  *body = first;
  client->last = closing != NULL;
  if (closing) {
    // It is between the client and us: the server is kept.
    char *rest = strchr(closing, '\n') + 1;
    memmove(closing, rest, (size_t)(head + count - rest));
    count -= (size_t)(rest - closing);
  }
  // "GET http://127.0.0.1:80/path" becomes "GET /path": the method moves up to the path.
  size_t method_bytes = (size_t)(target - head);
  char *start = path - method_bytes;
  memmove(start, head, method_bytes);
  count -= (size_t)(start - head);
  client->state = client->left > 0 ? SENDS_BODY : WAITS;
  struct side *server = take_idle(to);
  if (server) {
    join(client, server);
    return send_to(server, start, count);
  }
  server = dial(client, to);
  if (!server) return false;
  hold(server, start, count);
  watch(client);
  watch(server);
  return true;
}

// Reads a head, and what comes with it, into `step`. Returns the bytes; nought when there are none.
static size_t read_head(struct side *side) {
  ssize_t count = recv(side->fd, step, STEP_BYTES, 0);
  if (count <= 0) return 0;
  step[count] = '\0';
  return (size_t)count;
}

static bool on_http(struct side *client) {
  size_t count = read_head(client);
  return count > 0 && take_request(client, step, count);
}

static bool on_socks(struct side *client) {
  const unsigned char *message = (unsigned char *)step;
  size_t count = read_head(client);
  if (client->state == GREETS) {
    client->state = ASKS_SOCKS;
    return count > 2 && send(client->fd, "\5\0", 2, MSG_NOSIGNAL) == 2;
  }
  // CONNECT to an IPv4 address, in one piece.
  if (count != 10 || message[1] != 1 || message[3] != 1) return false;
  struct sockaddr_in to = {.sin_family = AF_INET};
  memcpy(&to.sin_addr, message + 4, 4);
  memcpy(&to.sin_port, message + 8, 2);
  client->socks = true;
  return take_tunnel(client, to);
}

static bool on_greeting(struct side *client) {
  char first;
  if (recv(client->fd, &first, 1, MSG_PEEK) != 1) return false;
  if (first == 5) return on_socks(client);
  client->state = ASKS_HTTP;
  return on_http(client);
}

// What was held is written as far as it goes.
static bool on_writable(struct side *side) {
  ssize_t sent = send(side->fd, side->held, side->held_bytes, MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN;
  side->held_bytes -= (size_t)sent;
  memmove(side->held, side->held + sent, side->held_bytes);
  if (side->held_bytes > 0) return true;
  free(side->held);
  side->held = NULL;
  watch(side);
  // The response was through before it was written.
  if (!side->peer) return !side->last;
  side->peer->mute = false;
  watch(side->peer);
  return true;
}

static bool on_connected(struct side *server) {
  static const char yes[] = "HTTP/1.1 200 OK\r\n\r\n", socks_yes[] = "\5\0\0\1\0\0\0\0\0";
  struct side *client = server->peer;
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(server->fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return false;
  client->mute = false;
  if (client->state != TUNNELS) {
    server->state = ANSWERS;
    return on_writable(server);
  }
  server->state = TUNNELS;
  watch(server);
  watch(client);
  return client->socks ? send_to(client, socks_yes, sizeof socks_yes) : send_to(client, yes, sizeof yes - 1);
}

// The response is through: the server is kept, and the client may ask again.
static void on_answered(struct side *server) {
  struct side *client = server->peer;
  server->peer = client->peer = NULL;
  if (server->last) {
    close_one(server);
  } else {
    server->state = IDLE;
    server->next = idle_servers;
    idle_servers = server;
    server->mute = false;
    watch(server);
  }
  client->state = ASKS_HTTP;
  client->mute = false;
  if (client->last && !client->held) close_one(client);
  else watch(client);
}

static bool on_response(struct side *server) {
  size_t count = read_head(server);
  char *body = count > 0 ? strstr(step, "\r\n\r\n") : NULL;
  if (!body) return false;
  body += 4;
  char first = *body;
  *body = '\0';
  server->left = body_bytes(step) - (long long)(step + count - body);
  server->last = close_field(step) != NULL;
  *body = first;
  server->state = ANSWERS_BODY;
  if (!send_to(server->peer, step, count)) return false;
  if (server->left == 0) on_answered(server);
  return true;
}

// Carries on what comes of a tunnel or of a body; the end of one half of a tunnel, too.
static bool on_bytes(struct side *side) {
  ssize_t count = recv(side->fd, step, STEP_BYTES, 0);
  if (count < 0) return errno == EAGAIN;
  if (count == 0) {
    if (side->state != TUNNELS || side->peer->ended) return false;
    side->ended = true;
    watch(side);
    return shutdown(side->peer->fd, SHUT_WR) == 0;
  }
  if (!send_to(side->peer, step, (size_t)count)) return false;
  if (side->state == TUNNELS) return true;
  side->left -= count;
  if (side->left > 0) return true;
  if (side->state == SENDS_BODY) side->state = WAITS;
  else on_answered(side);
  return true;
}

static bool on_readable(struct side *side) {
  switch (side->state) {
    case GREETS: return on_greeting(side);
    case ASKS_SOCKS: return on_socks(side);
    case ASKS_HTTP: return on_http(side);
    case ANSWERS: return on_response(side);
    case TUNNELS: case SENDS_BODY: case ANSWERS_BODY: return on_bytes(side);
    // A client that waits is heard when it has its response. A server that is kept can only have left.
    case WAITS: side->mute = true; watch(side); return true;
    default: return false;
  }
}

static void on_clients(struct side *listener) {
  for (int fd; (fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    watch(new_side(fd, GREETS));
  }
}

static void on_event(struct side *side, uint32_t events) {
  if (side->state == CLOSED) return;
  if (side->state == LISTENS) return on_clients(side);
  bool well = (events & EPOLLERR) == 0;
  if (well && events & EPOLLOUT) well = side->state == CONNECTS ? on_connected(side) : !side->held || on_writable(side);
  if (well && events & EPOLLIN && side->state != CLOSED && !side->mute) well = on_readable(side);
  if (!well) close_both(side);
}

int main(int count, char **words) {
  begin_sockets();
  poller = epoll_create1(EPOLL_CLOEXEC);
  for (int at = 1; at < count; at++) watch(new_side(listening_socket(atoi(words[at])), LISTENS));
  for (;;) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int at = 0; at < ready; at++) on_event(events[at].data.ptr, events[at].events);
    while (closed_sides) {
      struct side *side = closed_sides;
      closed_sides = side->next;
      free(side);
    }
  }
}
