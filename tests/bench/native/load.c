// The load generator of the bench: one thread with epoll, so cheap that the proxy is what is measured.
//
//   load                        takes a job a line on standard input, and answers each with a line of JSON
//
//   WORK ROUTE CONNECTIONS MS RAMP_MS PROXY HTTP ECHO ECHO_ONCE
//
// WORK      requests, closing, denied    GET of 1 KiB kept; on a new connection each; of a host that is denied
//           download, upload             64 MiB again and again, counted in bytes
//           tunnels, denied_tunnels      a new tunnel, 100 bytes there and back, ended by the origin; one denied
//           messages                     100 bytes there and back in tunnels that stand
//           hold, release                opens idle tunnels and leaves them; closes them
// ROUTE     forward, connect or socks5; PROXY is its port, 0 for none; the last three are those of the origin
//
// Time counts from RAMP_MS after all connections stand. What is uploaded counts when the origin has it: much of what is
// sent is in buffers on the way. What goes wrong is counted, and tried anew. It is no client to use: it knows what it
// will get, and looks only whether it does.
#include "job.h"
#include "sockets.h"

// Connections that are opened at once at the beginning, and how long that may take. Listeners have short queues.
enum { OPENING_MAX = 64, OPENING_MS = 10000 };
static const long long UNTIL_CLOSED = -1, UNTIL_LAST_CHUNK = -2;

enum phase {
  CLOSED, CONNECTS, GREETED, ASKED, ASKED_HTTP, UPLOADS, WAITS_HEAD, WAITS_BODY, WAITS_ECHO, WAITS_END, HELD,
};

struct connection {
  int fd;
  enum phase phase;
  bool fresh;          // has not come to its work yet
  bool used;           // has done some
  bool last;           // the other side ends it after this response
  bool watched, writing;
  double started;      // milliseconds
  long long left;      // bytes that are still to come, or to be sent
  char *part;          // what has come of a head, when that comes in pieces
  size_t part_bytes;
};

static char step[STEP_BYTES + 1];
static int poller, begun, opening;
static struct connection *connections;
static int connections_count;
static double from, until;
static long long done, all, faults, held;
static char first_fault[256];
static float *waits;
static size_t waits_room;

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void open_one(struct connection *connection);
static void open_more(void);

static void watch(struct connection *connection, bool writing) {
  if (connection->watched && connection->writing == writing) return;
  struct epoll_event event = {.events = writing ? EPOLLOUT : EPOLLIN, .data.ptr = connection};
  epoll_ctl(poller, connection->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, connection->fd, &event);
  connection->watched = true;
  connection->writing = writing;
}

static void close_one(struct connection *connection) {
  if (connection->phase == CLOSED) return;
  if (connection->phase == HELD) held--;
  close(connection->fd);
  connection->phase = CLOSED;
  connection->part_bytes = 0;
}

static void fault(struct connection *connection, const char *format, ...) {
  va_list words;
  va_start(words, format);
  if (faults++ == 0) vsnprintf(first_fault, sizeof first_fault, format, words);
  va_end(words);
  close_one(connection);
  open_one(connection);
}

// Counts bytes that have come.
static void count(long long bytes) {
  double now = now_ms();
  all += bytes;
  if (now >= from && now <= until) done += bytes;
}

// One is done.
static void lap(struct connection *connection) {
  double now = now_ms();
  connection->used = true;
  if (job.is.bulk) return;
  all++;
  if (now < from || now > until) return;
  if ((size_t)done == waits_room) {
    waits_room = waits_room ? 2 * waits_room : 1 << 16;
    waits = realloc(waits, waits_room * sizeof *waits);
    if (!waits) abort();
  }
  waits[done++] = (float)(now - connection->started);
}

static void again(struct connection *connection) {
  close_one(connection);
  open_one(connection);
}

// Sends what is short, and returns whether it went. A proxy may have ended a connection that was used without saying
// so, and one that does not stand yet is waited for; all else is a fault.
static bool say(struct connection *connection, const void *bytes, size_t size) {
  if (send(connection->fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size) return true;
  if (connection->phase == CONNECTS && (errno == EAGAIN || errno == ENOTCONN)) watch(connection, true);
  else if (connection->used) again(connection);
  else fault(connection, "cannot send: %s", strerror(errno));
  return false;
}

static void work(struct connection *connection) {
  if (connection->fresh) {
    connection->fresh = false;
    opening--;
    open_more();
  }
  if (job.is.kept) connection->started = now_ms();
  if (!say(connection, request, request_bytes)) return;
  connection->left = job.is.echo ? MESSAGE_BYTES : BULK_BYTES;
  connection->phase = job.is.echo ? WAITS_ECHO : job.work == UPLOAD ? UPLOADS : WAITS_HEAD;
  watch(connection, connection->phase == UPLOADS);
}

// The connection stands, or may stand: says what comes first.
static void begin(struct connection *connection) {
  if (!job.proxied || ask_bytes == 0) return work(connection);
  if (!say(connection, ask, ask_bytes)) return;
  connection->phase = job.socks ? GREETED : ASKED_HTTP;
  watch(connection, false);
}

static void open_one(struct connection *connection) {
  struct sockaddr_in to = loopback(job.port);
  connection->used = connection->watched = connection->last = false;
  connection->started = now_ms();
  connection->phase = CONNECTS;
  connection->fd = new_socket();
  send_at_once(connection->fd);
  if (connect(connection->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) {
    // Not tried anew at once: there would be no end to it.
    if (faults++ == 0) snprintf(first_fault, sizeof first_fault, "cannot connect: %s", strerror(errno));
    return close_one(connection);
  }
  watch(connection, true);
}

// As many as may be opened at once.
static void open_more(void) {
  while (begun < job.connections && (opening < OPENING_MAX || !job.is.kept)) {
    struct connection *connection = &connections[begun++];
    connection->fresh = true;
    opening++;
    open_one(connection);
  }
}

// A response is through.
static void on_response(struct connection *connection) {
  if (job.work == CLOSING || (job.work == DENIED_TUNNELS && connection->last)) {
    connection->phase = WAITS_END;
    return;
  }
  lap(connection);
  if (job.work == DENIED_TUNNELS) {
    // The proxy would keep it. Whoever ends it keeps the port for a minute, unless it does so the hard way.
    struct linger hard = {.l_onoff = 1};
    setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    return again(connection);
  }
  if (connection->last) again(connection);
  else work(connection);
}

// Looks for the end of a body in what has come of it.
static void on_body(struct connection *connection, const char *bytes, size_t size) {
  if (job.work == DOWNLOAD) count((long long)size);
  if (connection->left == UNTIL_CLOSED) return;
  if (connection->left == UNTIL_LAST_CHUNK) {
    if (size >= 5 && memcmp(bytes + size - 5, "0\r\n\r\n", 5) == 0) on_response(connection);
    return;
  }
  connection->left -= (long long)size;
  if (connection->left == 0) on_response(connection);
  else if (connection->left < 0) fault(connection, "a response is too long");
}

static void on_head(struct connection *connection, size_t size) {
  if (strncmp(step, "HTTP/1.", size < 7 ? size : 7) != 0) return fault(connection, "no head: \"%.40s\"", step);
  char *body = strstr(step, "\r\n\r\n");
  if (!body) {
    connection->part = realloc(connection->part, size);
    if (!connection->part) abort();
    memcpy(connection->part, step, connection->part_bytes = size);
    return;
  }
  connection->part_bytes = 0;
  body[2] = '\0';
  body += 4;
  bool stands = connection->phase == ASKED_HTTP;
  int wanted = job.is.denied && !stands ? 403 : 200;
  if (atoi(step + 9) != wanted) return fault(connection, "the response is \"%.60s\"", strtok(step, "\r"));
  if (stands) return work(connection);
  const char *length = strcasestr(step, "\nContent-Length:");
  bool chunked = strcasestr(step, "\nTransfer-Encoding: chunked") != NULL;
  connection->last = step[7] == '0' || strcasestr(step, "Connection: close") != NULL;
  connection->left = chunked ? UNTIL_LAST_CHUNK : length ? atoll(length + 16) : UNTIL_CLOSED;
  connection->phase = WAITS_BODY;
  on_body(connection, body, size - (size_t)(body - step));
}

static void on_end(struct connection *connection) {
  bool ends_body = connection->phase == WAITS_BODY && connection->left == UNTIL_CLOSED;
  // A proxy may end a kept connection between two requests without saying so.
  bool ends_kept = connection->phase == WAITS_HEAD && connection->used;
  if (connection->phase == WAITS_END || ends_body) lap(connection);
  else if (!ends_kept) return fault(connection, "the connection ended too early");
  again(connection);
}

static void on_echo(struct connection *connection, size_t size) {
  connection->left -= (long long)size;
  if (connection->left > 0) return;
  if (job.work == TUNNELS) {
    connection->phase = WAITS_END;
  } else if (job.work == HOLD) {
    connection->phase = HELD;
    held++;
  } else {
    lap(connection);
    work(connection);
  }
}

static void on_readable(struct connection *connection) {
  size_t part = connection->part_bytes;
  if (part > 0) memcpy(step, connection->part, part);
  ssize_t size = recv(connection->fd, step + part, STEP_BYTES - part, 0);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) return on_end(connection);
  size += (ssize_t)part;
  step[size] = '\0';
  switch (connection->phase) {
    case GREETED: {
      if (size != 2 || step[1] != 0) return fault(connection, "it selected method %d", step[1]);
      unsigned char words[10] = {5, 1, 0, 1, 127, 0, 0, 1, (unsigned char)(job.target >> 8), (unsigned char)job.target};
      if (say(connection, words, sizeof words)) connection->phase = ASKED;
      return;
    }
    case ASKED:
      if (size != 10 || step[1] != 0) return fault(connection, "the reply is %d", step[1]);
      return work(connection);
    case ASKED_HTTP: case WAITS_HEAD: return on_head(connection, (size_t)size);
    case WAITS_BODY: return on_body(connection, step, (size_t)size);
    case WAITS_ECHO: return on_echo(connection, (size_t)size);
    default: return fault(connection, "more came than was asked for");
  }
}

static void on_writable(struct connection *connection) {
  if (connection->phase == CONNECTS) return begin(connection);
  size_t wanted = connection->left < STEP_BYTES ? (size_t)connection->left : STEP_BYTES;
  ssize_t sent = send(connection->fd, step, wanted, MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno == EAGAIN) return;
    if (connection->used) return again(connection);
    return fault(connection, "cannot send: %s", strerror(errno));
  }
  connection->left -= sent;
  if (connection->left > 0) return;
  connection->phase = WAITS_HEAD;
  watch(connection, false);
}

static void start_clock(void) {
  from = now_ms() + job.ramp_ms;
  until = from + job.ms;
}

// How many bytes the origin has had of uploads, ever. It is asked straight, by one connection for all.
static long long received(void) {
  static int fd = -1;
  static const char question[] = "GET /received HTTP/1.1\r\n\r\n";
  char head[1024] = "";
  if (fd < 0) {
    struct sockaddr_in to = loopback(job.http);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) return 0;
  }
  send(fd, question, sizeof question - 1, MSG_NOSIGNAL);
  if (recv(fd, head, sizeof head - 1, 0) < 0) return 0;
  const char *length = strstr(head, "Content-Length:");
  return length ? atoll(length + 15) : 0;
}

// Works until the time is up; that of tunnels to hold is up when they stand.
static void run(void) {
  double patience = now_ms() + OPENING_MS;
  long long first = job.work == UPLOAD ? received() : 0, begin = -1;
  from = until = 1e300;
  if (job.work == HOLD) patience = now_ms() + job.ms;
  else if (!job.is.kept) start_clock();
  open_more();
  for (;;) {
    double now = now_ms();
    if (job.work == UPLOAD && begin < 0 && now > from) {
      begin = received();
      from = now_ms();
      until = from + job.ms;
    } else if (job.work == UPLOAD && now > until) {
      all = received();
      // To ask takes time, in which more has come.
      done = (long long)((double)(all - begin) * job.ms / (now_ms() - from));
      all -= first;
      return;
    }
    bool stands = held == job.connections || faults > job.connections || now > patience;
    if (job.work == HOLD ? stands : now > until) return;
    bool all_stand = begun == job.connections && opening == 0;
    if (from == 1e300 && job.work != HOLD && (all_stand || now > patience)) start_clock();
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, 20);
    for (int at = 0; at < ready; at++) {
      struct connection *connection = events[at].data.ptr;
      if (connection->phase == CLOSED) continue;
      if (connection->writing) on_writable(connection);
      else on_readable(connection);
    }
  }
}

static int by_size(const void *one, const void *other) {
  float a = *(const float *)one, b = *(const float *)other;
  return (a > b) - (a < b);
}

static void answer(void) {
  for (char *at = first_fault; *at; at++) if (*at == '"' || *at == '\\' || *at < ' ') *at = '\'';
  if (job.work == HOLD || job.work == RELEASE) {
    printf("{\"held\":%lld,\"faults\":%lld,\"fault\":\"%s\"}\n", held, faults, first_fault);
  } else if (done == 0) {
    printf("{\"failed\":\"%s\"}\n", *first_fault ? first_fault : "nothing was done in time");
  } else {
    bool bulk = job.is.bulk;
    size_t laps = bulk ? 0 : (size_t)done;
    qsort(waits, laps, sizeof *waits, by_size);
    float p50 = laps ? waits[(laps - 1) / 2] : 0, p99 = laps ? waits[(laps - 1) * 99 / 100] : 0;
    printf("{\"rate\":%.3f,\"p50\":%.4f,\"p99\":%.4f,", (double)done / (bulk ? 1e6 : 1) / (job.ms / 1e3), p50, p99);
    printf("\"done\":%lld,\"work\":%.3f,", bulk ? done / MIB + 1 : done, (double)all / (bulk ? MIB : 1));
    printf("\"faults\":%lld", faults);
    if (faults > 0) printf(",\"fault\":\"%s\"", first_fault);
    printf("}\n");
  }
  fflush(stdout);
}

int main(void) {
  begin_sockets();
  char line[512];
  while (fgets(line, sizeof line, stdin)) {
    for (int at = 0; at < connections_count; at++) {
      close_one(&connections[at]);
      free(connections[at].part);
    }
    free(connections);
    if (poller) close(poller);
    poller = epoll_create1(EPOLL_CLOEXEC);
    done = all = faults = held = begun = opening = connections_count = 0;
    connections = NULL;
    *first_fault = '\0';
    if (!read_job(line)) {
      printf("{\"failed\":\"not a job\"}\n");
      fflush(stdout);
      continue;
    }
    if (job.work != RELEASE) {
      connections_count = job.connections;
      connections = calloc((size_t)job.connections, sizeof *connections);
      if (!connections) abort();
      run();
    }
    if (job.work != HOLD) for (int at = 0; at < connections_count; at++) close_one(&connections[at]);
    answer();
  }
}
