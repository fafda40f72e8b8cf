package lambda_test

import (
	"testing"

	"github.com/parleychat/parley/infra/local/lambda"
)

func newHost(b *testing.B) *lambda.Host {
	b.Helper()
	h := lambda.New(lambda.Options{Functions: []lambda.Function{{Name: "echo", Path: bootstrap, MemoryMB: 512}}})
	b.Cleanup(func() {
		if err := h.Close(); err != nil {
			b.Error(err)
		}
	})
	return h
}

// A warm invocation, from Invoke until the environment is free again.
func BenchmarkInvoke(b *testing.B) {
	h := newHost(b)
	for b.Loop() {
		if _, err := h.Invoke(b.Context(), "echo", []byte(`{"text":"hello"}`)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInvokeParallel(b *testing.B) {
	h := newHost(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := h.Invoke(b.Context(), "echo", []byte(`{"text":"hello"}`)); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// A cold start: the process, its first poll, one invocation and the end.
func BenchmarkColdStart(b *testing.B) {
	for b.Loop() {
		h := newHost(b)
		if _, err := h.Invoke(b.Context(), "echo", []byte(`{}`)); err != nil {
			b.Fatal(err)
		}
		if err := h.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
