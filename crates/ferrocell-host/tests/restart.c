enum { LONG = 1 << 20 };
static const int64_t ASKED = 700000000;
static struct timespec asked = {0, 700000000};
static atomic_int finished;
static char zeroes[LONG];

// Waits for so long, and may look for an error then.
#define TIMED(name, call, expected) \
  static int name(void) { \
    int64_t begun = now(); \
    CHECK((call) == (expected)); \
    if (now() - begun < ASKED - 1000000) return 10000 + __LINE__; \
    return 0; \
  }
#define LATE(call, error) ((call) == -1 && errno == (error))

static sigset_t *nothing(void) { sigset_t *s = malloc(sizeof *s); sigemptyset(s); return s; }
static sigset_t *user(void) { sigset_t *s = nothing(); sigaddset(s, SIGUSR2); return s; }
static struct timespec *end(clockid_t clock) { struct timespec *t = malloc(sizeof *t); *t = in(clock, ASKED); return t; }
static int limited(int type, int option) {
  int s = socket(AF_UNIX, type, 0);
  struct sockaddr_un any = {AF_UNIX};
  bind(s, (struct sockaddr *)&any, sizeof(sa_family_t));
  if (type == SOCK_STREAM) listen(s, 1);
  setsockopt(s, SOL_SOCKET, option, &(struct timeval){0, 700000}, sizeof(struct timeval));
  return s;
}
static int with_limit(void) {
  int ends[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0, 700000}, sizeof(struct timeval));
  return ends[0];
}
static int empty_set(void) { return semget(IPC_PRIVATE, 1, 0600); }
static sem_t *closed(void) { sem_t *s = malloc(sizeof *s); sem_init(s, 0, 0); return s; }
static int cond_wait(void) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
  struct timespec end = in(CLOCK_REALTIME, ASKED);
  pthread_mutex_lock(&mutex);
  int result;
  while ((result = pthread_cond_timedwait(&cond, &mutex, &end)) == 0);
  return result;
}

TIMED(poll_, poll(0, 0, 700), 0)
TIMED(ppoll_, ppoll(0, 0, &asked, nothing()), 0)
TIMED(select_, select(0, 0, 0, 0, &(struct timeval){0, 700000}), 0)
TIMED(pselect_, pselect(0, 0, 0, 0, &asked, 0), 0)
TIMED(epoll_wait_, epoll_wait(epoll_create1(0), &(struct epoll_event){0}, 1, 700), 0)
TIMED(epoll_pwait_, epoll_pwait(epoll_create1(0), &(struct epoll_event){0}, 1, 700, 0), 0)
TIMED(epoll_pwait2_, epoll_pwait2(epoll_create1(0), &(struct epoll_event){0}, 1, &asked, 0), 0)
TIMED(nanosleep_, nanosleep(&asked, 0), 0)
TIMED(clock_nanosleep_, clock_nanosleep(CLOCK_MONOTONIC, 0, &asked, 0), 0)
TIMED(absolute_, clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, end(CLOCK_REALTIME), 0), 0)
TIMED(usleep_, usleep(700000), 0)
TIMED(sleep_, sleep(1), 0)
TIMED(thrd_sleep_, thrd_sleep(&asked, 0), 0)
TIMED(sigtimedwait_, LATE(sigtimedwait(user(), 0, &asked), EAGAIN), 1)
TIMED(sem_timedwait_, LATE(sem_timedwait(closed(), end(CLOCK_REALTIME)), ETIMEDOUT), 1)
TIMED(sem_clockwait_, LATE(sem_clockwait(closed(), CLOCK_MONOTONIC, end(CLOCK_MONOTONIC)), ETIMEDOUT), 1)
TIMED(semtimedop_, LATE(semtimedop(empty_set(), &(struct sembuf){0, -1, 0}, 1, &asked), EAGAIN), 1)
TIMED(cond_timedwait_, cond_wait(), ETIMEDOUT)
TIMED(recv_, LATE(recv(limited(SOCK_DGRAM, SO_RCVTIMEO), zeroes, 1, 0), EAGAIN), 1)
TIMED(read_, LATE(read(with_limit(), zeroes, 1), EAGAIN), 1)
TIMED(accept_, LATE(accept(limited(SOCK_STREAM, SO_RCVTIMEO), 0, 0), EAGAIN), 1)
TIMED(futex_, LATE(syscall(SYS_futex, &(int){0}, FUTEX_WAIT_PRIVATE, 0, &asked), ETIMEDOUT), 1)
TIMED(poll_by_number_, syscall(SYS_ppoll, 0, 0, &(struct timespec){0, 700000000}, 0, 8), 0)
TIMED(sleep_by_number_, syscall(SYS_nanosleep, &asked, 0), 0)

// Wait until something is there, which comes in the end.
static int wake = -1, queue, set, inotify, halves[2], full_pipe[2], full_stream[2];
static char folder[] = "/tmp/ferrocell-restart-XXXXXX";

static int epoll_forever(void) {
  int epoll = epoll_create1(0);
  struct epoll_event e = {.events = EPOLLIN};
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &e) == 0);
  CHECK(epoll_wait(epoll, &e, 1, -1) == 1);
  return 0;
}
static int poll_forever(void) {
  CHECK(poll(&(struct pollfd){wake, POLLIN}, 1, -1) == 1);
  return 0;
}
static int message(void) {
  struct { long kind; char text[8]; } m;
  CHECK(msgrcv(queue, &m, 8, 0, 0) == 2);
  return 0;
}
static int semaphore(void) {
  CHECK(semop(set, &(struct sembuf){0, -1, 0}, 1) == 0);
  return 0;
}
static int watch(void) {
  char event[4096];
  CHECK(read(inotify, event, sizeof event) > 0);
  return 0;
}
static int whole_message(void) {
  char text[8];
  CHECK(recv(halves[1], text, 8, MSG_WAITALL) == 8);
  return 0;
}
static int whole_write(void) {
  CHECK(write(full_pipe[1], zeroes, LONG) == LONG);
  return 0;
}
static int whole_send(void) {
  struct iovec parts[2] = {{zeroes, LONG / 2}, {zeroes, LONG / 2}};
  struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};
  CHECK(sendmsg(full_stream[0], &m, 0) == LONG);
  return 0;
}
static int random_numbers(void) {
  static char bytes[64 * LONG];
  int64_t begun = now();
  int urandom = open("/dev/urandom", O_RDONLY);
  while (now() - begun < ASKED) {
    CHECK(getrandom(bytes, sizeof bytes, 0) == sizeof bytes);
    CHECK(read(urandom, bytes, sizeof bytes) == sizeof bytes);
  }
  return 0;
}

static int (*const WAITS[])(void) = {
  poll_, ppoll_, select_, pselect_, epoll_wait_, epoll_pwait_, epoll_pwait2_, nanosleep_, clock_nanosleep_, absolute_,
  usleep_, sleep_, thrd_sleep_, sigtimedwait_, sem_timedwait_, sem_clockwait_, semtimedop_, cond_timedwait_, recv_, read_,
  accept_, futex_, poll_by_number_, sleep_by_number_, epoll_forever, poll_forever, message, semaphore, watch, whole_message,
  whole_write, whole_send, random_numbers,
};
enum { COUNT = sizeof WAITS / sizeof *WAITS };
static int results[COUNT], errors[COUNT];

static void *run(void *index) {
  int i = (int)(intptr_t)index;
  errno = 0;
  results[i] = WAITS[i]();
  errors[i] = errno;
  finished++;
  return 0;
}

static void *drain(void *unused) {
  static char bytes[4096];
  for (int i = 0; i < LONG / (int)sizeof bytes; i++) {
    for (int n = 0; n < (int)sizeof bytes;) n += read(full_pipe[0], bytes, sizeof bytes - n);
    for (int n = 0; n < (int)sizeof bytes;) n += read(full_stream[1], bytes, sizeof bytes - n);
  }
  return 0;
}

unsigned start(void) {
  wake = eventfd(0, 0);
  queue = msgget(IPC_PRIVATE, 0600), set = empty_set();
  CHECK(mkdtemp(folder) && (inotify = inotify_init1(0)) >= 0);
  CHECK(inotify_add_watch(inotify, folder, IN_CREATE) >= 0);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, halves) == 0 && pipe(full_pipe) == 0);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, full_stream) == 0);
  CHECK(send(halves[0], "half", 4, 0) == 4);
  pthread_sigmask(SIG_BLOCK, user(), 0);
  pthread_t thread;
  for (int i = 0; i < COUNT; i++) {
    CHECK(pthread_create(&thread, 0, run, (void *)(intptr_t)i) == 0);
    pthread_detach(thread);
  }
  return 0;
}

unsigned finish(void) {
  struct { long kind; char text[8]; } m = {1, "hi"};
  CHECK(write(wake, &(uint64_t){1}, 8) == 8);
  CHECK(msgsnd(queue, &m, 2, 0) == 0 && semop(set, &(struct sembuf){0, 1, 0}, 1) == 0);
  char path[64];
  snprintf(path, sizeof path, "%s/file", folder);
  CHECK(close(open(path, O_CREAT | O_WRONLY, 0600)) == 0);
  unlink(path), rmdir(folder);
  CHECK(send(halves[0], "half", 4, 0) == 4);
  pthread_t thread;
  CHECK(pthread_create(&thread, 0, drain, 0) == 0);
  return 0;
}

unsigned left(void) { return COUNT - finished; }

unsigned failed(void) {
  for (int i = 0; i < COUNT; i++)
    if (results[i]) {
      char text[64];
      int len = snprintf(text, sizeof text, "line %d, errno %d", results[i], errors[i]);
      CHECK(write(1, text, len) == len);
      return results[i];
    }
  msgctl(queue, IPC_RMID, 0), semctl(set, 0, IPC_RMID);
  return 0;
}

static pthread_t pauses;
static atomic_int pausing, handled, pauses_id;
static void on_user(int signal) { handled++; }
static void *pause_once(void *unused) {
  pauses_id = gettid();
  pausing = 1;
  // The handler that ends this must be the one that was asked for.
  return (void *)(intptr_t)(pause() == -1 && errno == EINTR && handled == 1);
}
unsigned start_pause(void) {
  struct sigaction action = {.sa_handler = on_user};
  sigaction(SIGUSR1, &action, 0);
  pausing = handled = 0;
  CHECK(pthread_create(&pauses, 0, pause_once, 0) == 0);
  // Until it is in the call, which is made as this one.
  char path[64], call[16] = "";
  while (!pausing) sched_yield();
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", pauses_id);
  do {
    int file = open(path, O_RDONLY);
    CHECK(file >= 0 && read(file, call, sizeof call - 1) > 0 && close(file) == 0);
  } while (atoi(call) != SYS_rt_sigsuspend);
  return 0;
}
unsigned end_pause(void) {
  void *result;
  CHECK(pthread_kill(pauses, SIGUSR1) == 0);
  CHECK(pthread_join(pauses, &result) == 0 && result);
  return 0;
}

// An interrupt of the user lets a sleep pass, and ends other waits.
unsigned sleep_long(void) {
  CHECK(nanosleep(&(struct timespec){1000, 0}, 0) == 0);
  return 0;
}
unsigned poll_long(void) {
  CHECK(LATE(poll(0, 0, 1000000), EINTR));
  return 0;
}
