//go:build !race

package chaos

const defaultSeeds = 1000
