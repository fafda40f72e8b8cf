package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// example is one golden frame.
type example struct {
	name string // The command, the push, or the code of an error.
	json []byte
}

// goldenFrames are the frames under shared/protocol/testdata/golden, by folder.
type goldenFrames map[string][]example

// folders are the kinds of golden frames, with their type in TypeScript.
var folders = []struct{ name, doc, kind string }{
	{"commands", "One frame of every command.", "{ [C in CommandName]: Frame<C> }"},
	{"replies", "One reply to every command.", "{ [C in CommandName]: Reply<C> }"},
	{"pushes", "One frame of every push.", "{ [P in PushName]: Push<P> }"},
	{"errors", "One error reply of every code.", "{ [C in FaultCode]: Reply & { error: { code: C } } }"},
}

func readGolden(root string) (goldenFrames, error) {
	frames := goldenFrames{}
	for _, folder := range folders {
		paths, err := filepath.Glob(filepath.Join(root, "shared/protocol/testdata/golden", folder.name, "*.json"))
		if err != nil {
			return nil, fmt.Errorf("list golden frames: %w", err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, fmt.Errorf("read a golden frame: %w", err)
			}
			name := strings.TrimSuffix(filepath.Base(path), ".json")
			frames[folder.name] = append(frames[folder.name], example{name, bytes.TrimSpace(text)})
		}
	}
	return frames, nil
}

// of returns the frame of that name, or nothing.
func (g goldenFrames) of(folder, name string) []byte {
	i := slices.IndexFunc(g[folder], func(e example) bool { return e.name == name })
	if i < 0 {
		return nil
	}
	return g[folder][i].json
}

// goldenTypeScript returns the golden frames as constants whose types the
// TypeScript compiler holds against wire.ts.
func goldenTypeScript(g goldenFrames) []byte {
	var b bytes.Buffer
	b.WriteString(generatedTypeScript)
	b.WriteString("\nimport type { CommandName, FaultCode, Frame, Push, PushName, Reply } from './wire';\n")
	for _, folder := range folders {
		b.WriteString("\n")
		comment(&b, "", folder.doc)
		fmt.Fprintf(&b, "export const %s = {\n", folder.name)
		for _, e := range g[folder.name] {
			fmt.Fprintf(&b, "  '%s': %s,\n", e.name, bytes.ReplaceAll(e.json, []byte("\n"), []byte("\n  ")))
		}
		fmt.Fprintf(&b, "} satisfies %s;\n", folder.kind)
	}
	return b.Bytes()
}
