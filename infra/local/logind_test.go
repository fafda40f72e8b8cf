package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// logind is a system's bus with nobody on it but systemd-logind, which tells of
// the sessions that a test wants: real messages over a real socket.
type logind struct {
	address string

	mu       sync.Mutex
	sessions []seat
	clients  []net.Conn
}

// seat is what logind knows of somebody.
type seat struct {
	ID, User, Class, State string
	UID                    uint32
	IdleSince              uint64 // Microseconds since 1970; 0 where they are active.
}

func newLogind(t *testing.T, sessions ...seat) *logind {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	bus := &logind{address: "unix:path=" + path, sessions: sessions}
	t.Cleanup(func() { _ = l.Close() }) // The clients are gone.
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go bus.serve(conn)
		}
	}()
	return bus
}

// are changes the sessions, and tells of it.
func (b *logind) are(sessions ...seat) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sessions = sessions
	for _, c := range b.clients {
		send(c, &dbus.Message{Type: dbus.TypeSignal, Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldPath:      dbus.MakeVariant(dbus.ObjectPath("/org/freedesktop/login1")),
			dbus.FieldInterface: dbus.MakeVariant("org.freedesktop.login1.Manager"),
			dbus.FieldMember:    dbus.MakeVariant("SessionRemoved"),
			dbus.FieldSender:    dbus.MakeVariant(":1.1"),
		}})
	}
}

// serve lets a client in, as the protocol of D-Bus has it, and answers its calls.
func (b *logind) serve(conn net.Conn) {
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch line = strings.Trim(line, "\x00\r\n"); {
		case line == "BEGIN":
			b.mu.Lock()
			b.clients = append(b.clients, conn)
			b.mu.Unlock()
			for {
				call, err := dbus.DecodeMessage(in)
				if err != nil {
					return
				}
				b.answer(conn, call)
			}
		case line == "AUTH":
			_, _ = conn.Write([]byte("REJECTED EXTERNAL\r\n"))
		case line == "NEGOTIATE_UNIX_FD":
			_, _ = conn.Write([]byte("ERROR\r\n"))
		case strings.HasPrefix(line, "AUTH EXTERNAL") && len(line) == len("AUTH EXTERNAL"):
			_, _ = conn.Write([]byte("DATA\r\n"))
		default:
			_, _ = conn.Write([]byte("OK 0123456789abcdef0123456789abcdef\r\n"))
		}
	}
}

func (b *logind) answer(conn net.Conn, call *dbus.Message) {
	member, _ := call.Headers[dbus.FieldMember].Value().(string)
	path, _ := call.Headers[dbus.FieldPath].Value().(dbus.ObjectPath)
	b.mu.Lock()
	defer b.mu.Unlock()
	var body []any
	switch member {
	case "Hello":
		body = []any{":1.7"}
	case "ListSessions":
		type row struct {
			ID   string
			UID  uint32
			User string
			Seat string
			Path dbus.ObjectPath
		}
		rows := []row{}
		for _, s := range b.sessions {
			rows = append(rows, row{s.ID, s.UID, s.User, "seat0", dbus.ObjectPath("/org/freedesktop/login1/session/" + s.ID)})
		}
		body = []any{rows}
	case "GetAll":
		for _, s := range b.sessions {
			if strings.HasSuffix(string(path), "/"+s.ID) {
				body = []any{map[string]dbus.Variant{
					"Class": dbus.MakeVariant(s.Class), "State": dbus.MakeVariant(s.State),
					"IdleHint": dbus.MakeVariant(s.IdleSince > 0), "IdleSinceHint": dbus.MakeVariant(s.IdleSince),
				}}
			}
		}
	}
	reply := &dbus.Message{Type: dbus.TypeMethodReply, Body: body, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldReplySerial: dbus.MakeVariant(call.Serial()), dbus.FieldSender: dbus.MakeVariant(":1.1"),
	}}
	if len(body) > 0 {
		reply.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(body...))
	}
	send(conn, reply)
}

// send writes a message with a number that is not 0, as the protocol wants it.
func send(conn net.Conn, m *dbus.Message) {
	var text bytes.Buffer
	if err := m.EncodeTo(&text, binary.LittleEndian); err != nil {
		panic(err)
	}
	binary.LittleEndian.PutUint32(text.Bytes()[8:], 1)
	_, _ = conn.Write(text.Bytes()) // The client may be gone.
}

// somebody is an active session of a person.
func somebody(id, user string, uid int) seat {
	return seat{ID: id, User: user, UID: uint32(uid), Class: "user", State: "active"}
}

// me is a session of whoever runs the tests.
func me(id, user string) seat { return somebody(id, user, os.Getuid()) }
