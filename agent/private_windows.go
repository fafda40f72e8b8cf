package main

import (
	"os"
	"os/exec"
)

// private is for systems whose files have modes; here the folder has a list of
// who may read it, see secluded.
func private(string) error { return nil }

// secluded makes a folder that only the system and administrators may open.
func secluded(folder string) error {
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	// By their ids, which every language of Windows has: SYSTEM and Administrators.
	return exec.Command("icacls", folder, "/inheritance:r", "/grant:r", "*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F").Run()
}
