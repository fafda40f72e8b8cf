package guard

import "time"

// Meter lets so many bytes a second pass and a burst of them at once. It is
// for one goroutine.
type Meter struct {
	rate, burst float64 // bytes a second, bytes; a rate of 0 is no limit
	left        float64
	at          time.Time
}

// NewMeter makes a meter for a rate in bytes a second, 0 for no limit, that
// lets pass at once what the rate is for a while.
func NewMeter(rate int, while time.Duration) Meter {
	burst := float64(rate) * while.Seconds()
	return Meter{rate: float64(rate), burst: burst, left: burst}
}

// Takes tells whether so many bytes may pass now, and counts them if so.
func (m *Meter) Takes(bytes int, now time.Time) bool {
	if m.rate == 0 {
		return true
	}
	if passed := now.Sub(m.at); passed > 0 {
		m.left = min(m.burst, m.left+passed.Seconds()*m.rate)
		m.at = now
	}
	if m.left < float64(bytes) {
		return false
	}
	m.left -= float64(bytes)
	return true
}
