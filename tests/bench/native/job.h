// What the load generator is asked to do (the line is told in load.c), and what it says for that.
#include "sockets.h"

enum { MIB = 1024 * 1024, MESSAGE_BYTES = 100, BULK_BYTES = 64 * MIB };

enum work { REQUESTS, CLOSING, DENIED, DOWNLOAD, UPLOAD, TUNNELS, DENIED_TUNNELS, MESSAGES, HOLD, RELEASE, WORKS };
// Whether its connections are kept, it is counted in bytes, it is denied, it is a message there and back.
static const struct facts {
  const char *name;
  bool kept, bulk, denied, echo;
} facts[WORKS] = {
  [REQUESTS] = {"requests", .kept = true},
  [CLOSING] = {"closing", .kept = false},
  [DENIED] = {"denied", .kept = true, .denied = true},
  [DOWNLOAD] = {"download", .kept = true, .bulk = true},
  [UPLOAD] = {"upload", .kept = true, .bulk = true},
  [TUNNELS] = {"tunnels", .echo = true},
  [DENIED_TUNNELS] = {"denied_tunnels", .denied = true},
  [MESSAGES] = {"messages", .kept = true, .echo = true},
  [HOLD] = {"hold", .kept = true, .echo = true},
  [RELEASE] = {"release", .kept = false},
};

static struct job {
  enum work work;
  struct facts is;
  bool socks, proxied;
  int connections, port, target, http;
  double ms, ramp_ms;
} job;

// What is said on each connection, and what is asked for before that.
static char request[1024], ask[256];
static size_t request_bytes, ask_bytes;

// What is asked on each connection.
static void write_request(int http) {
  static const char denied[] = "denied.example.org";
  char place[64], fields[64] = "";
  const char *method = job.work == UPLOAD ? "POST" : "GET";
  const char *path = job.work == DOWNLOAD ? "/bulk" : "/small";
  if (job.is.denied) snprintf(place, sizeof place, "%s:%d", denied, job.work == DENIED ? 80 : 443);
  else snprintf(place, sizeof place, "127.0.0.1:%d", http);
  if (job.work == UPLOAD) snprintf(fields, sizeof fields, "Content-Length: %d\r\n", BULK_BYTES);
  if (job.work == CLOSING) snprintf(fields, sizeof fields, "Connection: close\r\n");
  char target[128];
  bool absolute = job.proxied && !job.target;
  snprintf(target, sizeof target, "%s%s%s", absolute ? "http://" : "", absolute ? place : "", path);
  if (job.work == DENIED_TUNNELS) method = "CONNECT", snprintf(target, sizeof target, "%s", place);
  static const char head[] = "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n%s\r\n";
  int bytes = snprintf(request, sizeof request, head, method, target, place, fields);
  request_bytes = (size_t)bytes;
  if (job.is.echo) memset(request, '.', request_bytes = MESSAGE_BYTES);
}

// What is asked for before that: a tunnel, or nothing.
static void write_ask(void) {
  static const char connect[] = "CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n";
  ask_bytes = 0;
  if (job.socks) memcpy(ask, "\5\1\0", ask_bytes = 3);
  else if (job.target) ask_bytes = (size_t)snprintf(ask, sizeof ask, connect, job.target, job.target);
}

static bool read_job(const char *line) {
  char work[32], route[32];
  int proxy, http, echo, echo_once;
  int words = sscanf(line, "%31s %31s %d %lf %lf %d %d %d %d", work, route, &job.connections, &job.ms, &job.ramp_ms,
                     &proxy, &http, &echo, &echo_once);
  for (job.work = 0; job.work < WORKS && strcmp(work, facts[job.work].name) != 0;) job.work++;
  if (words != 9 || job.work == WORKS || job.connections < 1) return false;
  job.is = facts[job.work];
  bool tunnelled = strcmp(route, "forward") != 0 && job.work != DENIED_TUNNELS;
  int end = job.work == TUNNELS ? echo_once : job.is.echo ? echo : http;
  job.proxied = proxy != 0;
  job.socks = strcmp(route, "socks5") == 0;
  job.target = tunnelled ? end : 0;
  job.port = proxy ? proxy : end;
  job.http = http;
  write_request(http);
  write_ask();
  return true;
}
