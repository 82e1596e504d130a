// The symbols that the objects which a host loads find in the executable instead of in the C library, and those that they
// look up by name. Only these: with all symbols, they would find other copies of their own libraries. The build script and
// the crate both read this.
macro_rules! for_each_export {
    ($use:ident) => {
        $use! {
            write, writev, read, readv, getrandom,
            pthread_create,
            syscall,
            nanosleep, clock_nanosleep, usleep, sleep, thrd_sleep,
            poll, ppoll, __poll_chk, __ppoll_chk, select, pselect, epoll_wait, epoll_pwait, epoll_pwait2,
            pause, sigsuspend, pthread_sigmask, sigprocmask, sigtimedwait, sigwaitinfo, sigwait,
            sem_timedwait, sem_clockwait, semop, semtimedop, msgrcv, msgsnd,
            recv, recvfrom, recvmsg, recvmmsg, send, sendto, sendmsg, sendmmsg, accept, accept4, connect, setsockopt,
            ferrocell_send, ferrocell_input, ferrocell_interrupted, ferrocell_cell, ferrocell_work_for,
        }
    };
}
