package datagram

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// worthwhile is how many packets a pause must gather. A pause costs a
	// sleep and a waking, about as much as sending one packet.
	worthwhile = 5
	// hectic is how many packets a second are much to do.
	hectic = 1000
	// window is how long the rate is measured before it counts.
	window = 4 * time.Millisecond
)

// pace knows how much there is to do.
type pace struct {
	pause unix.Timespec
	least float64 // packets a second from which on to rest; 0 is never

	start   time.Time
	since   time.Duration // from start
	packets int
	busy    bool
	resting bool // before looking for packets again, because that gathers several
}

func newPace(pause time.Duration) pace {
	p := pace{pause: unix.NsecToTimespec(int64(pause)), start: time.Now()}
	if pause > 0 {
		p.least = worthwhile / pause.Seconds()
	}
	return p
}

func (p *pace) measure() {
	now := time.Since(p.start)
	if now-p.since < window {
		return
	}
	rate := float64(p.packets) / (now - p.since).Seconds()
	p.busy = rate >= hectic
	p.resting = p.least > 0 && rate >= p.least
	p.since, p.packets = now, 0
}

// rest sleeps. It is a bare system call: Go's own sleep would hand the
// goroutine over to another thread and back.
func (p *pace) rest() {
	unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&p.pause)), 0, 0)
}
