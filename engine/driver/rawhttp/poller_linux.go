//go:build amd64 || arm64

package rawhttp

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// system says what this system lacks: nothing.
func system() error { return nil }

// A poller waits for events on sockets, for a time in nanoseconds.
//
// Go's own waits round up to a millisecond. epoll_pwait2 (Linux 5.11) takes nanoseconds; where the kernel or a sandbox
// does not have it, a timer descriptor among the sockets ends the wait as precisely for one more system call.
type poller struct {
	fd     int
	wakeup int                 // an eventfd, by which another goroutine ends a wait
	timer  int                 // a timerfd; -1 where epoll_pwait2 works
	gave   time.Duration       // when the processor was last offered
	events [64]unix.EpollEvent // so few that a request that falls due among many answers does not wait long
}

// keepProcessor is how long the thread may keep its Go processor while it waits: in one wait, and over several since it
// last offered it. A wait that offers it, as every blocking call of Go does, costs a third more: at 5,000 requests/s on one
// core 34 µs a request against 22 µs (medians of four interleaved runs, November 2026). But where there are as many loops
// as processors, what else the process does would wait for 10 ms until the runtime sends a signal, and so it waits for
// one. Stopping the world does not depend on it: the runtime sends its signal for that at once, which ends the wait.
const keepProcessor = time.Millisecond

func newPoller() (*poller, error) {
	p := &poller{fd: -1, wakeup: -1, timer: -1}
	var err error
	if p.fd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("epoll: %w", named(err))
	}
	if p.wakeup, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err == nil {
		err = p.add(p.wakeup, 0)
	}
	if err == nil && p.try() != 0 {
		err = p.useTimer()
	}
	if err != nil {
		p.close()
		return nil, fmt.Errorf("epoll: %w", named(err))
	}
	return p, nil
}

// try calls epoll_pwait2 once, without waiting.
func (p *poller) try() unix.Errno {
	_, errno := p.pwait2(0, true)
	return errno
}

func (p *poller) useTimer() (err error) {
	if p.timer, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK); err != nil {
		return err
	}
	return p.add(p.timer, 0)
}

// add watches fd for everything, edge-triggered: once for its whole life, and an event that was taken is not asked about
// again by the kernel.
func (p *poller) add(fd int, serial uint32) error {
	return p.control(unix.EPOLL_CTL_ADD, fd, serial)
}

// again makes what is there on fd an event once more.
func (p *poller) again(fd int, serial uint32) error {
	return p.control(unix.EPOLL_CTL_MOD, fd, serial)
}

func (p *poller) control(op, fd int, serial uint32) error {
	return unix.EpollCtl(p.fd, op, fd, &unix.EpollEvent{
		Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET&0xffffffff,
		Fd:     int32(fd), Pad: int32(serial),
	})
}

// wait returns events as soon as there are any, or none once timeout has passed, or before: a signal ends it, too.
func (p *poller) wait(timeout, now time.Duration) []unix.EpollEvent {
	timeout = max(timeout, 0)
	if p.timer >= 0 {
		return p.waitTimer(timeout)
	}
	keep := timeout == 0 || now-p.gave < keepProcessor
	if keep {
		timeout = min(timeout, keepProcessor)
	} else {
		p.gave = now
	}
	n, errno := p.pwait2(timeout, keep)
	if errno != 0 {
		return nil
	}
	return p.events[:n]
}

func (p *poller) pwait2(timeout time.Duration, keep bool) (n uintptr, errno unix.Errno) {
	span := unix.NsecToTimespec(int64(timeout))
	if keep {
		n, _, errno = unix.RawSyscall6(unix.SYS_EPOLL_PWAIT2, uintptr(p.fd), uintptr(unsafe.Pointer(&p.events)), uintptr(len(p.events)),
			uintptr(unsafe.Pointer(&span)), 0, 0)
		return n, errno
	}
	n, _, errno = unix.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(p.fd), uintptr(unsafe.Pointer(&p.events)), uintptr(len(p.events)),
		uintptr(unsafe.Pointer(&span)), 0, 0)
	return n, errno
}

func (p *poller) waitTimer(timeout time.Duration) []unix.EpollEvent {
	milliseconds := -1
	if timeout == 0 {
		milliseconds = 0
	} else if err := unix.TimerfdSettime(p.timer, 0, &unix.ItimerSpec{Value: unix.NsecToTimespec(int64(timeout))}, nil); err != nil {
		milliseconds = int(timeout / time.Millisecond)
	}
	n, err := unix.EpollWait(p.fd, p.events[:], milliseconds)
	if err != nil {
		return nil
	}
	return p.events[:n]
}

// wake ends a wait, from any goroutine.
func (p *poller) wake() {
	unix.Write(p.wakeup, []byte{1, 0, 0, 0, 0, 0, 0, 0})
}

func (p *poller) close() error {
	var errs []error
	for _, fd := range []int{p.timer, p.wakeup, p.fd} {
		if fd >= 0 {
			errs = append(errs, unix.Close(fd))
		}
	}
	return errors.Join(errs...)
}
