package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// device is what the agent keeps.
type device struct {
	URL     string `json:"url"`
	Page    string `json:"page"`
	Company string `json:"company"`
	Domain  string `json:"domain,omitempty"`
	Seed    []byte `json:"seed"`            // Of the private key.
	Enrol   string `json:"enrol,omitempty"` // Until the service has the public half.
}

// stateFolder is where the system keeps what a service knows.
func stateFolder() string {
	switch runtime.GOOS {
	case "windows":
		return filepath.Join(os.Getenv("ProgramData"), "Parley Agent")
	case "darwin":
		return "/Library/Application Support/Parley Agent"
	}
	return "/var/lib/parley-agent"
}

// begin gives the device a key, and the company and secret of an enrolment.
func (d *device) begin(token string) error {
	company, secret, ok := strings.Cut(token, ".")
	switch {
	case d.URL == "" || d.Page == "":
		return errors.New("say -url and -page")
	case !ok || company == "" || secret == "":
		return errors.New("-token is company.SECRET, as an administrator made it")
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	d.Company, d.Enrol, d.Seed = company, secret, key.Seed()
	return nil
}

func (d *device) key() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(d.Seed) }

func file(folder string) string { return filepath.Join(folder, "device.json") }

// load reads the device; whoever else may read the file could pass for it.
func load(folder string) (*device, error) {
	text, err := os.ReadFile(file(folder))
	if errors.Is(err, os.ErrNotExist) {
		return nil, errors.New("this device is not enrolled: say agent enrol first")
	}
	if err != nil {
		return nil, fmt.Errorf("read what was enrolled: %w", err)
	}
	if err := private(file(folder)); err != nil {
		return nil, err
	}
	var d device
	if err := json.Unmarshal(text, &d); err != nil || len(d.Seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s is damaged: enrol this device again", file(folder))
	}
	return &d, nil
}

// save writes the device so that only its owner may read it, whole or not at all.
func (d *device) save(folder string) error {
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the device: %w", err)
	}
	if err := secluded(folder); err != nil {
		return fmt.Errorf("make %s: %w", folder, err)
	}
	next, err := os.CreateTemp(folder, "device") // Made with mode 0600.
	if err != nil {
		return fmt.Errorf("keep the device: %w", err)
	}
	_, err = next.Write(append(text, '\n'))
	err = errors.Join(err, next.Sync(), next.Close())
	if err == nil {
		err = os.Rename(next.Name(), file(folder))
	}
	if err != nil {
		return fmt.Errorf("keep the device: %w", errors.Join(err, os.Remove(next.Name())))
	}
	return nil
}
