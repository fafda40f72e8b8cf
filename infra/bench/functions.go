package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/parleychat/parley/infra/local/lambda"
)

const (
	megabyte  = 1e6 // As AWS and disks count.
	maxBinary = 12 * megabyte
	maxZip    = 4 * megabyte
	starts    = 5 // Fresh environments of each function.
)

// function is a folder of functions.
type function struct {
	folder string
	name   string // In template.yaml.
	event  []byte
}

// functions prints the size and the cold start of every function.
func functions(ctx context.Context, folder string, m *meter) error {
	w := tabulate(fmt.Sprintf("Functions: built for arm64 as they are deployed, and the time that a fresh environment adds to an invocation here, median of %d.", starts),
		"function\tbootstrap\ttarget 12 MB\tzip\ttarget 4 MB\tinit")
	list, err := everyFunction()
	if err != nil {
		return err
	}
	added, err := inits(ctx, folder, m, list)
	if err != nil {
		return err
	}
	for i, f := range list {
		binary, zipped, err := f.sizes(ctx, folder)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%.2f MB\t%s\t%.2f MB\t%s\t%s\n", f.folder, float64(binary)/megabyte, verdict(binary < maxBinary),
			float64(zipped)/megabyte, verdict(zipped < maxZip), added[i].Round(100*time.Microsecond))
	}
	return w.Flush()
}

// everyFunction finds the folders of functions.
func everyFunction() ([]function, error) {
	paths, err := filepath.Glob("functions/*/event.json")
	if err != nil {
		return nil, err
	}
	list := make([]function, len(paths))
	for i, path := range paths {
		folder := filepath.Base(filepath.Dir(path))
		list[i] = function{folder: folder, name: strings.ToUpper(folder[:1]) + folder[1:] + "Function"}
		if list[i].event, err = os.ReadFile(path); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// sizes builds a function as sam build does and zips it.
func (f function) sizes(ctx context.Context, folder string) (binary, zipped int, err error) {
	build := exec.CommandContext(ctx, "make", "--silent", "build-"+f.name, "ARTIFACTS_DIR="+filepath.Join(folder, f.folder))
	if out, err := build.CombinedOutput(); err != nil {
		return 0, 0, fmt.Errorf("build %s: %w\n%s", f.folder, err, out)
	}
	text, err := os.ReadFile(filepath.Join(folder, f.folder, "bootstrap"))
	if err != nil {
		return 0, 0, err
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	// Go's best is what zlib, which packs for AWS, does by default.
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	into, err := z.Create("bootstrap")
	if err != nil {
		return 0, 0, err
	}
	if _, err := into.Write(text); err != nil {
		return 0, 0, err
	}
	err = z.Close()
	return len(text), archive.Len(), err
}

// inits measures how much longer the first invocation of each function takes
// than those after it, each time in a twin that has just been started.
func inits(ctx context.Context, folder string, m *meter, list []function) ([]time.Duration, error) {
	took := make([][]time.Duration, len(list))
	once := func() error {
		t, err := start(ctx, folder, m.endpoint)
		if err != nil {
			return err
		}
		defer t.stop()
		for i, f := range list {
			added, err := t.added(ctx, f)
			if err != nil {
				return err
			}
			took[i] = append(took[i], added)
		}
		return nil
	}
	for range starts {
		if err := once(); err != nil {
			return nil, err
		}
	}
	medians := make([]time.Duration, len(list))
	for i := range list {
		medians[i] = median(took[i])
	}
	return medians, nil
}

// added is the time of a first invocation less that of a later one.
func (t *twin) added(ctx context.Context, f function) (time.Duration, error) {
	host, err := lambda.Remote("http://" + t.lambda)
	if err != nil {
		return 0, err
	}
	var took []time.Duration
	for range 1 + starts {
		begun := time.Now()
		if _, err := host.Invoke(ctx, f.name, f.event); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begun))
	}
	return took[0] - median(took[1:]), nil
}

func median(list []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(list))[len(list)/2]
}
