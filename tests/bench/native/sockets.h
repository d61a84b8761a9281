// What all three programs begin with: the system's headers, and the sockets of 127.0.0.1.
#pragma once
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { STEP_BYTES = 256 * 1024, EVENTS = 256, BACKLOG = 4096 };

// As many descriptors as the system lets a process have, and no signal when the other side has left.
static inline void begin_sockets(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  signal(SIGPIPE, SIG_IGN);
}

static inline struct sockaddr_in loopback(int port) {
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return place;
}

static inline int new_socket(void) {
  return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static inline void send_at_once(int fd) {
  int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

// A socket that listens; a port of nought is chosen by the system.
static inline int listening_socket(int port) {
  int fd = new_socket(), yes = 1;
  struct sockaddr_in here = loopback(port);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&here, sizeof here) == 0 && listen(fd, BACKLOG) == 0) return fd;
  perror("Cannot listen");
  exit(1);
}
