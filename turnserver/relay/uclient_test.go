package relay_test

import (
	"context"
	"net/netip"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/parleychat/parley/turnserver/relay"
)

// coturn's test client finds our server as good as coturn's own: over UDP, TCP
// and TLS it allocates, binds, sends 500 messages to a client of the same kind
// behind a second relay, and gets all of them back.
func TestCoturnsClientLosesNothing(t *testing.T) {
	program, err := exec.LookPath("turnutils_uclient")
	if err != nil {
		t.Log("coturn's turnutils_uclient is not installed; infra/check/coturn.sh does that")
		return
	}
	server := serve(t, withTLS(t), withLimits(relay.Limits{Answers: 1000, AnswerBurst: 1000}))
	for over, flags := range map[string][]string{"udp": nil, "tcp": {"-t"}, "tls": {"-t", "-S"}} {
		t.Run(over, func(t *testing.T) {
			t.Parallel()
			on := server.Addr()
			if over == "tls" {
				on = server.TLSAddr()
			}
			report := runClient(t, program, on, flags...)
			sent, received := count(report, `tot_send_msgs=(\d+)`), count(report, `tot_recv_msgs=(\d+)`)
			if sent < 500 || received != sent {
				t.Errorf("%d sent, %d received; it says:\n%s", sent, received, report)
			}
		})
	}
}

// runClient runs it with 5 pairs of clients and 100 messages each.
func runClient(t *testing.T, program string, on netip.AddrPort, flags ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	flags = append(flags, "-y", "-c", "-m", "5", "-n", "100", "-l", "170", "-z", "5", "-W", secret, "-u", "s1.p1",
		"-p", strconv.Itoa(int(on.Port())), on.Addr().String())
	report, err := exec.CommandContext(ctx, program, flags...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	return string(report)
}

// count is the last number that a pattern finds, -1 if none.
func count(report, pattern string) int {
	all := regexp.MustCompile(pattern).FindAllStringSubmatch(report, -1)
	if len(all) == 0 {
		return -1
	}
	n, _ := strconv.Atoi(all[len(all)-1][1])
	return n
}
