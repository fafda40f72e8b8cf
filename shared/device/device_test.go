package device

import (
	"strings"
	"testing"
)

func FuzzAPass(f *testing.F) {
	f.Add(PassPrefix + strings.Repeat("s", 26) + "." + strings.Repeat("k", 26))
	f.Add(PassPrefix + ".")
	f.Fuzz(func(t *testing.T, offered string) {
		secret, key, ok := parts(offered)
		if ok && (len(secret) < 22 || len(key) < 22 || strings.ContainsAny(secret+key, ". ,")) {
			t.Errorf("%q and %q are taken for random", secret, key)
		}
	})
}
