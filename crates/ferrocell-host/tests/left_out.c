// A thread that takes one of everybody's locks without a pause, until it ends the process.

static void *(*turn)(void);
static _Atomic long turns;
static void *_Atomic latest;
static FILE *file;

static void *allocate(void) {
    free(atomic_exchange(&latest, malloc(4096)));
    return NULL;
}

static void *write_line(void) {
    fputs("line\n", file);
    return NULL;
}

static void *run(void *unused) {
    const char *end = getenv("END");
    for (;;) {
        for (int i = 0; i < 100; i++) {
            turn();
        }
        turns++;
        if (access(end, F_OK) == 0) {
            *(volatile int *)NULL = 0;
        }
    }
    return unused;
}

static int start_with(void *(*function)(void)) {
    turn = function;
    turns = 0;
    if (file == NULL) {
        file = fopen("/dev/null", "w");
    }
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, run, NULL) == 0);
    pthread_setname_np(thread, "culprit");
    while (turns == 0) {
        sched_yield();
    }
    return 0;
}

int start_allocating(void) { return start_with(allocate); }
int start_writing(void) { return start_with(write_line); }

// All that the thread has used can be used.
int use_all(void) {
    allocate();
    write_line();
    return 0;
}
