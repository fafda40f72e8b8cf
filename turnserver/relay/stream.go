package relay

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/parleychat/parley/turnserver/guard"
	"github.com/parleychat/parley/turnserver/wire"
)

// stream is one TCP or TLS connection as pion sees it.
type stream struct {
	front  *front
	raw    net.Conn // what the listener accepted
	conn   net.Conn // raw, or the TLS on top of it
	reader *bufio.Reader
	client netip.AddrPort
	until  time.Time // the read deadline
	once   sync.Once
}

// accept serves the connections of a listener until that is closed. An error
// that passes, such as a lack of file descriptors, does not end it.
func (s *Server) accept(listener net.Listener, secure *tls.Config) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			if pause(err, s.closing) {
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
	st := &stream{front: newFront(s), raw: conn, conn: conn, client: client, until: time.Now().Add(s.config.Limits.Opening)}
	st.front.addr = func(netip.AddrPort) net.Addr { return remote }
	st.front.send = func(frame []byte, _ netip.AddrPort) { st.write(frame) }
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
		if n, client := st.front.admit(p, n, st.client); n > 0 {
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
