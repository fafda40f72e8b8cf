package datagram

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// fastSocket is a socket of the fast loop.
type fastSocket struct {
	loop   *fast
	fd     int
	is6    bool
	tag    any
	number int32
	buried bool // guarded by the loop's lock

	first, last int32 // its runs in the queue; none if there are none
}

// bind opens a UDP socket that does not block, for one address family.
func bind(on netip.AddrPort, shared bool) (int, error) {
	family := unix.AF_INET6
	switch {
	case on.Addr().Is4():
		family = unix.AF_INET
	case !on.Addr().Is6():
		return 0, errFamily
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return 0, err
	}
	if family == unix.AF_INET6 {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1)
	}
	if shared && err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	}
	if err == nil {
		err = unix.Bind(fd, sockaddr(on))
	}
	if err != nil {
		unix.Close(fd)
		return 0, err
	}
	enlarge(fd, unix.SO_RCVBUFFORCE, unix.SO_RCVBUF)
	enlarge(fd, unix.SO_SNDBUFFORCE, unix.SO_SNDBUF)
	return fd, nil
}

// enlarge makes a socket's buffer as big as it may be. Past the limit of the
// machine, only a privileged process gets all of it; what there is will do.
func enlarge(fd, privileged, plain int) {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, privileged, bufferSize) != nil {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, plain, bufferSize)
	}
}

// sharePort is for the sockets of the portable loop.
func sharePort(_, _ string, conn syscall.RawConn) error {
	var failure error
	err := conn.Control(func(fd uintptr) {
		failure = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	})
	if err != nil {
		return err
	}
	return failure
}

func sockaddr(to netip.AddrPort) unix.Sockaddr {
	if to.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16(), ZoneId: zoneOf(to.Addr())}
}

// LocalAddr implements Socket.
func (s *fastSocket) LocalAddr() netip.AddrPort {
	switch bound, _ := unix.Getsockname(s.fd); on := bound.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(on.Addr), uint16(on.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(on.Addr), uint16(on.Port))
	}
	return netip.AddrPort{}
}

// Write implements Socket.
func (s *fastSocket) Write(datagram []byte, to netip.AddrPort) {
	if to.Addr().Is6() != s.is6 || unix.Sendto(s.fd, datagram, 0, sockaddr(to)) != nil {
		s.loop.options.Dropped.Add(1)
	}
}

// Close implements Socket. The descriptor is closed by the goroutine in Next,
// so that it is nobody else's while it is used there.
func (s *fastSocket) Close() error {
	l := s.loop
	l.mu.Lock()
	defer l.mu.Unlock()
	if !s.buried && !l.closed {
		s.buried = true
		l.closing = append(l.closing, s)
		l.rouse()
	}
	return nil
}

// addressSize holds a raw IPv6 socket address: family, port, flow, address,
// scope. A raw IPv4 one is family, port, address.
const addressSize = unix.SizeofSockaddrInet6

func readAddress(raw *[addressSize]byte) netip.AddrPort {
	port := binary.BigEndian.Uint16(raw[2:])
	if binary.NativeEndian.Uint16(raw[:]) == unix.AF_INET {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), port)
	}
	ip := netip.AddrFrom16([16]byte(raw[8:24]))
	if scope := binary.NativeEndian.Uint32(raw[24:]); scope != 0 {
		ip = ip.WithZone(strconv.FormatUint(uint64(scope), 10))
	}
	return netip.AddrPortFrom(ip, port)
}

// writeAddress returns the size of the address.
func writeAddress(raw *[addressSize]byte, to netip.AddrPort) uint32 {
	binary.BigEndian.PutUint16(raw[2:], to.Port())
	if to.Addr().Is4() {
		binary.NativeEndian.PutUint16(raw[:], unix.AF_INET)
		ip := to.Addr().As4()
		copy(raw[4:], ip[:])
		return unix.SizeofSockaddrInet4
	}
	binary.NativeEndian.PutUint16(raw[:], unix.AF_INET6)
	binary.NativeEndian.PutUint32(raw[4:], 0)
	ip := to.Addr().As16()
	copy(raw[8:], ip[:])
	binary.NativeEndian.PutUint32(raw[24:], zoneOf(to.Addr()))
	return addressSize
}

// zoneOf is the scope of a link-local address, as readAddress notes it.
func zoneOf(ip netip.Addr) uint32 {
	scope, _ := strconv.ParseUint(ip.Zone(), 10, 32)
	return uint32(scope)
}
