static int counter, semaphore, same, pipe_ends[2], orphan, stream[2], messages[2], half[2], oneshot, periodic, absolute;
static int inner, outer, waker;
static struct sockaddr_in here = {.sin_family = AF_INET};
static int listener, datagrams, elsewhere[2], child_ends[2];

static void set(int timer, int flags, struct timespec first, int64_t interval) {
  struct itimerspec t = {{interval / 1000000000, interval % 1000000000}, first};
  timerfd_settime(timer, flags, &t, 0);
}
static void add(int epoll, int fd, uint32_t events, uint64_t data) {
  struct epoll_event e = {.events = events, .data.u64 = data};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
}

unsigned make(void) {
  counter = eventfd(5, EFD_NONBLOCK);
  same = dup(counter);
  semaphore = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC);
  CHECK(pipe2(pipe_ends, O_NONBLOCK) == 0);
  CHECK(write(pipe_ends[1], "in the pipe", 11) == 11);
  int ends[2];
  CHECK(pipe2(ends, O_CLOEXEC) == 0 && write(ends[1], "last", 4) == 4);
  close(ends[1]);
  orphan = ends[0];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, stream) == 0);
  CHECK(write(stream[0], "forth", 5) == 5 && write(stream[1], "back", 4) == 4);
  CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, messages) == 0);
  CHECK(write(messages[0], "one", 3) == 3 && write(messages[0], "two", 3) == 3);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, half) == 0);
  CHECK(shutdown(half[0], SHUT_WR) == 0);
  oneshot = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  set(oneshot, 0, (struct timespec){0, 1}, 0);
  periodic = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  set(periodic, 0, (struct timespec){1000, 0}, 7000000000);
  absolute = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
  set(absolute, TFD_TIMER_ABSTIME, in(CLOCK_REALTIME, 1000000000000), 0);
  inner = epoll_create1(0), outer = epoll_create1(EPOLL_CLOEXEC), waker = eventfd(0, EFD_NONBLOCK);
  add(outer, inner, EPOLLIN, 1);
  add(inner, waker, EPOLLIN | EPOLLET, 0xfedcba9876543210);
  add(inner, stream[0], EPOLLIN | EPOLLONESHOT, 3);
  struct epoll_event e;
  // The only shot is fired, and the fact that something is there known.
  CHECK(epoll_wait(inner, &e, 1, 0) == 1 && e.data.u64 == 3);
  CHECK(poll(&(struct pollfd){oneshot, POLLIN}, 1, 10000) == 1);
  return 0;
}

unsigned use_up(void) {
  char text[64];
  uint64_t number = 100;
  write(counter, &number, 8), read(semaphore, &number, 8), write(waker, &number, 8);
  read(pipe_ends[0], text, 64), read(orphan, text, 64), read(oneshot, &number, 8);
  read(stream[0], text, 64), read(stream[1], text, 64), read(messages[1], text, 64);
  set(periodic, 0, (struct timespec){0, 0}, 0);
  epoll_ctl(inner, EPOLL_CTL_DEL, waker, 0), epoll_ctl(outer, EPOLL_CTL_DEL, inner, 0);
  abort();
}

unsigned check(void) {
  char text[64];
  uint64_t number;
  CHECK(read(counter, &number, 8) == 8 && number == 5);
  number = 5;
  // Two numbers of one description.
  CHECK(write(same, &number, 8) == 8);
  CHECK(read(counter, &number, 8) == 8 && number == 5 && read(same, &number, 8) == -1 && errno == EAGAIN);
  number = 5, write(counter, &number, 8);
  CHECK(read(semaphore, &number, 8) == 8 && number == 1 && read(semaphore, &number, 8) == 8 && number == 1);
  CHECK(read(semaphore, &number, 8) == -1 && errno == EAGAIN);
  number = 2, write(semaphore, &number, 8);
  CHECK(fcntl(semaphore, F_GETFD) == FD_CLOEXEC && fcntl(counter, F_GETFD) == 0);

  CHECK(read(pipe_ends[0], text, 64) == 11 && memcmp(text, "in the pipe", 11) == 0);
  CHECK(read(pipe_ends[0], text, 64) == -1 && errno == EAGAIN);
  CHECK(write(pipe_ends[1], "in the pipe", 11) == 11);
  CHECK((fcntl(pipe_ends[0], F_GETFL) & (O_ACCMODE | O_NONBLOCK)) == (O_RDONLY | O_NONBLOCK));
  int left;
  CHECK(ioctl(orphan, 0x541b /* FIONREAD */, &left) == 0 && left == 4);
  CHECK((fcntl(orphan, F_GETFL) & (O_ACCMODE | O_NONBLOCK)) == O_RDONLY);

  CHECK(read(stream[1], text, 64) == 5 && memcmp(text, "forth", 5) == 0);
  CHECK(read(stream[0], text, 64) == 4 && memcmp(text, "back", 4) == 0);
  CHECK(read(stream[0], text, 64) == -1 && errno == EAGAIN);
  CHECK(write(stream[0], "forth", 5) == 5 && write(stream[1], "back", 4) == 4);
  CHECK(read(messages[1], text, 64) == 3 && memcmp(text, "one", 3) == 0);
  CHECK(read(messages[1], text, 64) == 3 && memcmp(text, "two", 3) == 0);
  CHECK(write(messages[0], "one", 3) == 3 && write(messages[0], "two", 3) == 3);
  CHECK(read(half[1], text, 64) == 0);
  CHECK(write(half[1], "x", 1) == 1 && read(half[0], text, 64) == 1);
  CHECK(send(half[0], "x", 1, MSG_NOSIGNAL) == -1 && errno == EPIPE);

  struct itimerspec t;
  CHECK(poll(&(struct pollfd){oneshot, POLLIN}, 1, 10000) == 1);
  CHECK(timerfd_gettime(periodic, &t) == 0 && t.it_interval.tv_sec == 7);
  CHECK(t.it_value.tv_sec > 900 && t.it_value.tv_sec < 1000);
  CHECK(timerfd_gettime(absolute, &t) == 0 && t.it_value.tv_sec > 900 && t.it_value.tv_sec < 1000);

  struct epoll_event e;
  // Another end was closed and made again, which is news to a shot that is fired.
  while (epoll_wait(inner, &e, 1, 0) == 1) CHECK(e.data.u64 == 3 && (e.events & EPOLLIN) == 0);
  CHECK(epoll_wait(outer, &e, 1, 0) == 0);
  number = 1;
  CHECK(write(waker, &number, 8) == 8);
  CHECK(epoll_wait(outer, &e, 1, 0) == 1 && e.data.u64 == 1);
  CHECK(epoll_wait(inner, &e, 1, 0) == 1 && e.data.u64 == 0xfedcba9876543210);
  CHECK(epoll_wait(inner, &e, 1, 0) == 0);
  CHECK(read(waker, &number, 8) == 8 && number == 1);
  return 0;
}

// Leaves numbers for the two sockets of a snapshot and for one more.
unsigned open_all(void) {
  int last[3] = {0};
  for (int fd, i = 0; (fd = dup(0)) >= 0; i++) last[i % 3] = fd;
  CHECK(errno == EMFILE);
  return close(last[0]) || close(last[1]) || close(last[2]) ? __LINE__ : 0;
}

unsigned listen_here(void) {
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t len = sizeof here;
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) == 0);
  CHECK(bind(listener, (struct sockaddr *)&here, len) == 0 && listen(listener, 5) == 0);
  CHECK(getsockname(listener, (struct sockaddr *)&here, &len) == 0);
  datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  CHECK(bind(datagrams, (struct sockaddr *)&here, len) == 0);
  inner = epoll_create1(EPOLL_CLOEXEC);
  add(inner, listener, EPOLLIN | EPOLLET, 1);
  return 0;
}
unsigned port(void) { return ntohs(here.sin_port); }

unsigned connect_here(void) {
  struct epoll_event e;
  CHECK(epoll_wait(inner, &e, 1, 0) == 0);
  int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(connect(client, (struct sockaddr *)&here, sizeof here) == 0);
  CHECK(epoll_wait(inner, &e, 1, 10000) == 1 && e.data.u64 == 1);
  int server = accept(listener, 0, 0);
  char text[8];
  CHECK(server >= 0 && write(server, "hi", 2) == 2 && read(client, text, 8) == 2);
  int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  CHECK(sendto(sender, "hi", 2, 0, (struct sockaddr *)&here, sizeof here) == 2);
  CHECK(recv(datagrams, text, 8, 0) == 2);
  return 0;
}

unsigned connect_elsewhere(void) {
  CHECK(listen_here() == 0);
  elsewhere[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(connect(elsewhere[0], (struct sockaddr *)&here, sizeof here) == 0);
  elsewhere[1] = accept(listener, 0, 0);
  int to[2], from[2];
  CHECK(elsewhere[1] >= 0 && pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0);
  int child = fork();
  if (child == 0) {
    dup2(to[0], 0), dup2(from[1], 1);
    execlp("cat", "cat", (char *)0);
    _exit(1);
  }
  CHECK(child > 0);
  close(to[0]), close(from[1]);
  child_ends[0] = from[0], child_ends[1] = to[1];
  return 0;
}

static int out;
unsigned copy_output(void) {
  out = dup(1);
  return out < 0 ? __LINE__ : 0;
}
unsigned check_output(void) {
  CHECK(write(out, "still here", 10) == 10);
  return 0;
}

unsigned check_elsewhere(void) {
  char text[8];
  signal(SIGPIPE, SIG_IGN);
  CHECK(read(elsewhere[0], text, 8) == 0 && read(child_ends[0], text, 8) == 0);
  CHECK(write(child_ends[1], "x", 1) == -1 && errno == EPIPE);
  return 0;
}
