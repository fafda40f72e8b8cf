//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: it runs on Linux alone; the fast data path and the pinning of servers do too")
	os.Exit(1)
}
