#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

// A function returns 0, or the line of the check that fails.
#define CHECK(condition) do { if (!(condition)) return __LINE__; } while (0)

static inline int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}
static inline struct timespec in(clockid_t clock, int64_t nanoseconds) {
  struct timespec t;
  clock_gettime(clock, &t);
  int64_t sum = t.tv_nsec + nanoseconds;
  return (struct timespec){t.tv_sec + sum / 1000000000, sum % 1000000000};
}
unsigned crash(void) { abort(); }
