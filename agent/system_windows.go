package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// remote desktop's interface, of which golang.org/x/sys has a part.
var (
	wtsapi          = windows.NewLazySystemDLL("wtsapi32.dll")
	querySession    = wtsapi.NewProc("WTSQuerySessionInformationW")
	sendMessage     = wtsapi.NewProc("WTSSendMessageW")
	sessionInfoKind = uintptr(24) // WTSSessionInfo.
)

// sessionInfo is WTSINFOW.
type sessionInfo struct {
	State                   uint32
	SessionID               uint32
	IncomingBytes           uint32
	OutgoingBytes           uint32
	IncomingFrames          uint32
	OutgoingFrames          uint32
	IncomingCompressedBytes uint32
	OutgoingCompressedBytes uint32
	WinStationName          [32]uint16
	Domain                  [17]uint16
	UserName                [21]uint16
	ConnectTime             int64
	DisconnectTime          int64
	LastInputTime           int64
	LogonTime               int64
	CurrentTime             int64
}

// pc asks the Terminal Services of Windows, which know every session.
type pc struct{ computer string }

func thisSystem() (system, error) { return pc{hostname()}, nil }

func (pc) news() <-chan struct{} { return nil }

// logins are the sessions that are in use; one that is disconnected has nobody
// before its screen.
func (p pc) logins(context.Context) ([]login, error) {
	var list *windows.WTS_SESSION_INFO
	var count uint32
	if err := windows.WTSEnumerateSessions(0, 0, 1, &list, &count); err != nil {
		return nil, fmt.Errorf("list the sessions: %w", err)
	}
	defer windows.WTSFreeMemory(uintptr(unsafe.Pointer(list)))
	var people []login
	for _, s := range unsafe.Slice(list, count) {
		if s.State != windows.WTSActive {
			continue
		}
		info, err := infoOf(s.SessionID)
		if err != nil {
			continue // It has ended since.
		}
		if l := p.login(info); l.account != "" {
			people = append(people, l)
		}
	}
	return people, nil
}

func infoOf(id uint32) (sessionInfo, error) {
	var info *sessionInfo
	var size uint32
	ok, _, err := querySession.Call(0, uintptr(id), sessionInfoKind, uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)))
	if ok == 0 || uintptr(size) < unsafe.Sizeof(sessionInfo{}) {
		return sessionInfo{}, fmt.Errorf("ask about session %d: %w", id, err)
	}
	defer windows.WTSFreeMemory(uintptr(unsafe.Pointer(info)))
	return *info, nil
}

// login is a session as the agent tells of it; times are in steps of 100 ns. An
// account of the computer itself has no domain.
func (p pc) login(i sessionInfo) login {
	account, domain := syscall.UTF16ToString(i.UserName[:]), syscall.UTF16ToString(i.Domain[:])
	l := login{session: strconv.Itoa(int(i.SessionID)), account: account, name: account}
	if domain != "" && account != "" && !strings.EqualFold(domain, p.computer) {
		l.account = domain + `\` + account
	}
	if i.LastInputTime > 0 {
		l.idle = max(0, time.Duration(i.CurrentTime-i.LastInputTime)*100)
	}
	return l
}

// open starts the handler of the page as the user of the session, on their desktop.
func (p pc) open(_ context.Context, l login, page string) error {
	id, err := strconv.ParseUint(l.session, 10, 32)
	if err != nil {
		return fmt.Errorf("session %q: %w", l.session, err)
	}
	var token windows.Token
	if err := windows.WTSQueryUserToken(uint32(id), &token); err != nil {
		return fmt.Errorf("act as the user of session %d: %w", id, err)
	}
	defer token.Close()
	var block *uint16
	if err := windows.CreateEnvironmentBlock(&block, token, false); err != nil {
		return fmt.Errorf("take the user's environment: %w", err)
	}
	defer func() { _ = windows.DestroyEnvironmentBlock(block) }()
	line, err := windows.UTF16PtrFromString(windows.ComposeCommandLine(opening("windows", opener(), page)))
	if err != nil {
		return fmt.Errorf("name the page: %w", err)
	}
	desktop, err := windows.UTF16PtrFromString(`winsta0\default`)
	if err != nil {
		return fmt.Errorf("name the desktop: %w", err)
	}
	start := windows.StartupInfo{Desktop: desktop}
	start.Cb = uint32(unsafe.Sizeof(start))
	var made windows.ProcessInformation
	err = windows.CreateProcessAsUser(token, nil, line, nil, nil, false, windows.CREATE_UNICODE_ENVIRONMENT, block, nil, &start, &made)
	if err != nil {
		return fmt.Errorf("open the page in session %d: %w", id, err)
	}
	_ = windows.CloseHandle(made.Thread) // The browser goes on without us.
	_ = windows.CloseHandle(made.Process)
	return nil
}

// notify shows a box, and does not wait for anybody to close it.
func (pc) notify(_ context.Context, l login, sentence string) error {
	id, err := strconv.ParseUint(l.session, 10, 32)
	if err != nil {
		return fmt.Errorf("session %q: %w", l.session, err)
	}
	title, body := windows.StringToUTF16("Parley"), windows.StringToUTF16(sentence)
	var pressed uint32
	ok, _, err := sendMessage.Call(0, uintptr(id),
		uintptr(unsafe.Pointer(&title[0])), uintptr(2*(len(title)-1)), uintptr(unsafe.Pointer(&body[0])), uintptr(2*(len(body)-1)),
		windows.MB_OK|windows.MB_ICONINFORMATION, 0, uintptr(unsafe.Pointer(&pressed)), 0)
	if ok == 0 {
		return fmt.Errorf("notify session %d: %w", id, err)
	}
	return nil
}
