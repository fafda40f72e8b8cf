//go:build !windows

package main

import (
	"fmt"
	"os"
)

// private returns an error where others than the owner may read a file.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at %s: %w", path, err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("%s may be read by others (%o): chmod 600 it, or enrol this device again", path, mode)
	}
	return nil
}

// secluded makes a folder into which others may look for the door of agent ask,
// and in which only the owner writes.
func secluded(folder string) error { return os.MkdirAll(folder, 0o755) }
