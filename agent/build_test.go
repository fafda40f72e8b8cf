package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// It is built without C for the three systems, so that one machine builds all.
func TestTheAgentIsBuiltForEverySystem(t *testing.T) {
	for _, target := range []string{"linux/amd64", "linux/arm64", "windows/amd64", "windows/arm64", "darwin/arm64", "darwin/amd64"} {
		system, processor, _ := strings.Cut(target, "/")
		build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(t.TempDir(), "agent"), ".")
		build.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+processor, "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", target, err, out)
		}
	}
}
