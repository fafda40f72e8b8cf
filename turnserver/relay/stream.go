package relay

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parleychat/parley/turnserver/datagram"
	"github.com/parleychat/parley/turnserver/guard"
	"github.com/parleychat/parley/turnserver/wire"
)

// stream is one TCP or TLS connection as pion sees it.
type stream struct {
	front  *front
	raw    net.Conn // what the listener accepted
	conn   net.Conn // raw, or the TLS on top of it
	reader *bufio.Reader
	remote *net.TCPAddr
	client netip.AddrPort // the same
	until  time.Time      // the read deadline
	frame  []byte         // memory of what peers send
	once   sync.Once
}

// accept serves the connections of a listener until that is closed. An error
// that passes, such as a lack of file descriptors, does not end it.
func (s *Server) accept(listener net.Listener, secure *tls.Config) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			if datagram.Ended(err, s.closing) {
				return
			}
			continue
		}
		go s.serveStream(conn, secure)
	}
}

// serveStream gives a connection to pion once its client has said something.
// Until then it costs little: one goroutine and no pion.
func (s *Server) serveStream(conn net.Conn, secure *tls.Config) {
	st, ok := s.newStream(conn)
	if !ok {
		conn.Close()
		return
	}
	if secure != nil {
		secured := tls.Server(conn, secure)
		if err := secured.HandshakeContext(context.Background()); err != nil {
			st.Close()
			return
		}
		st.conn = secured
	}
	st.reader = bufio.NewReaderSize(st.conn, pionMTU)
	if _, err := st.reader.Peek(1); err != nil {
		st.Close()
		return
	}
	if _, err := st.front.serve(st); err != nil {
		s.log.Error("a connection could not be served", "error", err)
		st.Close()
	}
}

// newStream counts a connection in, and starts the time that it has for its
// first allocation. The second result is false when there are too many.
func (s *Server) newStream(conn net.Conn) (*stream, bool) {
	remote, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return nil, false
	}
	client := netip.AddrPortFrom(remote.AddrPort().Addr().Unmap(), remote.AddrPort().Port())
	if !s.connections.Take(guard.Source(client.Addr())) {
		s.counters.dropped.Add(1)
		return nil, false
	}
	st := &stream{raw: conn, conn: conn, remote: remote, client: client, until: time.Now().Add(s.config.Limits.Opening)}
	st.front = newFront(s, st)
	conn.SetDeadline(st.until)
	if !s.streams.add(st) {
		s.connections.Give(guard.Source(client.Addr()))
		return nil, false
	}
	return st, true
}

// ReadFrom returns the next frame that pion is to handle. Any error closes
// the connection and ends its allocation.
func (st *stream) ReadFrom(p []byte) (int, net.Addr, error) {
	if n, client := st.front.resume(p); n > 0 {
		return n, client, nil
	}
	for {
		st.extend()
		n, err := wire.ReadFrame(st.reader, p)
		if err != nil {
			st.Close()
			return 0, nil, net.ErrClosed
		}
		if n, client := st.front.admit(p, p[:n], st.client); n > 0 {
			return n, client, nil
		}
	}
}

// extend moves the deadline while the client has an allocation. It does so
// only now and then, because each move costs as much as a small read.
func (st *stream) extend() {
	idle := st.front.server.config.Limits.Idle
	now := time.Now()
	if st.until.Sub(now) > idle-idle/16 || st.front.holds(st.client) == nil {
		return
	}
	st.until = now.Add(idle)
	st.raw.SetReadDeadline(st.until)
}

// WriteTo sends a frame of pion's to the client.
func (st *stream) WriteTo(p []byte, _ net.Addr) (int, error) {
	if st.front.answered(p) {
		st.write(p)
	}
	return len(p), nil
}

// write sends a frame. A client that does not take it in time loses the
// connection: part of the frame may be gone, and nothing could follow it.
func (st *stream) write(frame []byte) {
	st.raw.SetWriteDeadline(time.Now().Add(st.front.server.config.Limits.Write))
	if _, err := st.conn.Write(frame); err != nil {
		st.Close()
	}
}

// Close closes the connection; pion then ends its allocation. TLS gets no
// farewell, which a client that does not read would hold up.
func (st *stream) Close() error {
	st.once.Do(func() {
		st.raw.Close()
		st.front.server.streams.remove(st)
		st.front.server.connections.Give(guard.Source(st.client.Addr()))
	})
	return nil
}

// LocalAddr is our end of the connection.
func (st *stream) LocalAddr() net.Addr { return st.raw.LocalAddr() }

// SetDeadline, SetReadDeadline and SetWriteDeadline do nothing; pion sets none.
func (st *stream) SetDeadline(time.Time) error      { return nil }
func (st *stream) SetReadDeadline(time.Time) error  { return nil }
func (st *stream) SetWriteDeadline(time.Time) error { return nil }

func (st *stream) addr(netip.AddrPort) net.Addr { return st.remote }

func (st *stream) answer(frame []byte, _ netip.AddrPort) { st.write(frame) }

func (st *stream) forward(head, data []byte, _ netip.AddrPort) {
	st.frame = append(append(st.frame[:0], head...), data...)
	st.frame = append(st.frame, zeros[:padding(len(data))]...)
	st.write(st.frame)
}

var zeros [4]byte

func (st *stream) bind(on netip.AddrPort, _ *allocation) (outlet, error) {
	conn, err := datagram.ListenUDP(on)
	if err != nil {
		return nil, err
	}
	return &ownSocket{conn, &st.front.server.counters.dropped}, nil
}

func (st *stream) relay(a *allocation) {
	socket, ok := a.port.socket.(*ownSocket)
	if !ok {
		return
	}
	p := make([]byte, datagram.MaxSize)
	for {
		n, from, err := socket.conn.ReadFromUDPAddrPort(p)
		switch {
		case err != nil && datagram.Ended(err, a.ended):
			return
		case err != nil:
			socket.dropped.Add(1)
		default:
			a.fromPeer(a.port.source(from), p[:n])
		}
	}
}

// ownSocket is the relay of a stream's client. It has a goroutine of its own,
// because a client that does not read may hold that up.
type ownSocket struct {
	conn    packetConn
	dropped *atomic.Int64
}

// packetConn is what it needs of a net.UDPConn.
type packetConn interface {
	ReadFromUDPAddrPort([]byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort([]byte, netip.AddrPort) (int, error)
	Close() error
}

// Close closes the socket.
func (s *ownSocket) Close() error { return s.conn.Close() }

// Send sends the body at once; a stream's peers get nothing before or after it.
func (s *ownSocket) Send(_, body []byte, _ int, to netip.AddrPort) {
	if _, err := s.conn.WriteToUDPAddrPort(body, to); err != nil {
		s.dropped.Add(1)
	}
}
