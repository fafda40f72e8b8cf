package relay

import (
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// counters count what was not done. They are plain atomics, because some are
// on the way of every packet.
type counters struct {
	dropped    atomic.Int64 // frames and packets that went nowhere
	capped     atomic.Int64 // packets beyond the bandwidth of their allocation
	unanswered atomic.Int64 // strangers who asked too often
	refused    *prometheus.CounterVec
}

func newCounters() *counters {
	return &counters{refused: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "turn_refused_total", Help: "Requests answered with an error code.",
	}, []string{"code"})}
}

func (c *counters) refuse(code int) {
	c.refused.WithLabelValues(strconv.Itoa(code)).Inc()
}

// Metrics serves the server's metrics in Prometheus' format.
func (s *Server) Metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), s.counters.refused)
	for _, g := range []struct {
		name, help string
		value      func() float64
	}{
		{"turn_allocations", "Live allocations.", func() float64 { return float64(s.ledger.count()) }},
		{"turn_connections", "Open TCP and TLS connections.", func() float64 { return float64(s.connections.Total()) }},
		{"turn_draining", "1 while no new allocation is made.", func() float64 { return bit(s.Draining()) }},
	} {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.name, Help: g.help}, g.value))
	}
	for _, c := range []struct {
		name, help string
		value      func() int64
	}{
		{"turn_allocations_total", "Allocations made.", func() int64 { n, _, _ := s.ledger.account(); return n }},
		{"turn_relayed_up_packets_total", "Packets from clients to peers.", func() int64 { _, up, _ := s.ledger.account(); return up.packets }},
		{"turn_relayed_up_bytes_total", "Bytes from clients to peers.", func() int64 { _, up, _ := s.ledger.account(); return up.bytes }},
		{"turn_relayed_down_packets_total", "Packets from peers to clients.", func() int64 { _, _, down := s.ledger.account(); return down.packets }},
		{"turn_relayed_down_bytes_total", "Bytes from peers to clients.", func() int64 { _, _, down := s.ledger.account(); return down.bytes }},
		{"turn_dropped_total", "Frames and packets that went nowhere.", s.counters.dropped.Load},
		{"turn_capped_total", "Packets beyond the bandwidth of their allocation.", s.counters.capped.Load},
		{"turn_unanswered_total", "Requests of strangers beyond the rate of answers.", s.counters.unanswered.Load},
	} {
		value := c.value
		registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: c.name, Help: c.help},
			func() float64 { return float64(value()) }))
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

func bit(on bool) float64 {
	if on {
		return 1
	}
	return 0
}
