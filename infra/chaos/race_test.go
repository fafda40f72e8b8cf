//go:build race

package chaos

// defaultSeeds are fewer where the race detector slows everything down.
const defaultSeeds = 40
