// Command wire writes what others read of shared/protocol: the TypeScript types
// of the portal and the AsyncAPI document.
//
//	go run ./infra/wire
//
// Names and types come from the catalog by reflection; comments, constants and
// the order come from the source, which is why it must run inside the checkout.
// A test of this package fails while a written file is stale.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "wire:", err)
		os.Exit(1)
	}
}

// run writes every output of the checkout that dir lies in.
func run(dir string) error {
	root, err := rootOf(dir)
	if err != nil {
		return err
	}
	outputs, err := generate(root)
	if err != nil {
		return err
	}
	for path, content := range outputs {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return fmt.Errorf("write an output: %w", err)
		}
	}
	return nil
}

// generate returns the content of every output by its path in the checkout.
func generate(root string) (map[string][]byte, error) {
	w, err := read(root)
	if err != nil {
		return nil, err
	}
	golden, err := readGolden(root)
	if err != nil {
		return nil, err
	}
	document, err := asyncAPI(w, golden)
	if err != nil {
		return nil, fmt.Errorf("make the AsyncAPI document: %w", err)
	}
	return map[string][]byte{
		"portal/src/protocol/wire.ts":   typeScript(w),
		"portal/src/protocol/golden.ts": goldenTypeScript(golden),
		"docs/asyncapi.yaml":            document,
	}, nil
}

// rootOf returns the folder with go.mod that dir lies in.
func rootOf(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the checkout: %w", err)
	}
	for {
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		if err == nil {
			return dir, nil
		}
		if parent := filepath.Dir(dir); parent != dir && errors.Is(err, os.ErrNotExist) {
			dir = parent
			continue
		}
		return "", fmt.Errorf("find go.mod: %w", err)
	}
}
