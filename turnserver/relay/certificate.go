package relay

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificateCheck is how often the files of a certificate are looked at.
const certificateCheck = 10 * time.Second

// Certificate is a TLS certificate in two files, which are read again when
// they change. While the new files cannot be used the old certificate stays.
type Certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	version string
	checked time.Time
}

// LoadCertificate reads a certificate and its key from PEM files.
func LoadCertificate(certFile, keyFile string, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

// Choose returns the certificate for a handshake; it fits Config.Certificate.
func (c *Certificate) Choose(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.at(time.Now()), nil
}

func (c *Certificate) at(now time.Time) *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.checked) < certificateCheck {
		return c.current
	}
	c.checked = now
	if version, err := c.stat(); err == nil && version == c.version {
		return c.current
	}
	if err := c.load(); err != nil {
		c.log.Error("the new TLS certificate cannot be used; the old one stays", "error", err)
	}
	return c.current
}

func (c *Certificate) load() error {
	version, err := c.stat()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("load the TLS certificate: %w", err)
	}
	c.current, c.version = &pair, version
	return nil
}

// stat sums up both files, so that a change of either shows.
func (c *Certificate) stat() (string, error) {
	cert, err := os.Stat(c.certFile)
	if err != nil {
		return "", fmt.Errorf("look at the TLS certificate: %w", err)
	}
	key, err := os.Stat(c.keyFile)
	if err != nil {
		return "", fmt.Errorf("look at the TLS key: %w", err)
	}
	return fmt.Sprint(cert.ModTime(), cert.Size(), key.ModTime(), key.Size()), nil
}
