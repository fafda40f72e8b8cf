//go:build !linux

package store

import (
	"io"
	"os"
	"path/filepath"
)

// syncData puts what was written to a file on disk.
func syncData(f *os.File) error { return f.Sync() }

// lockFolder does not keep other processes out: that is for Linux only.
func lockFolder(dir string) (io.Closer, error) {
	return os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
}
