package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
)

// turnSecret reads the secret that the functions and the TURN server share; the
// first time it makes one.
func turnSecret(folder string) (string, error) {
	path := filepath.Join(folder, "turn-secret")
	text, err := os.ReadFile(path)
	if err == nil {
		return string(text), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the TURN secret: %w", err)
	}
	secret := rand.Text() + rand.Text()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("keep the TURN secret: %w", err)
	}
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		return "", fmt.Errorf("keep the TURN secret: %w", err)
	}
	return secret, nil
}

// secretsManager answers Secrets Manager's GetSecretValue, all that the
// functions ask of it, with the secrets given by id.
func secretsManager(secrets map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			SecretID string `json:"SecretId"`
		}
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&asked)
		value, ok := secrets[asked.SecretID]
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		answer := map[string]string{"Name": asked.SecretID, "SecretString": value}
		if err != nil || !ok || r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" {
			w.WriteHeader(http.StatusBadRequest)
			answer = map[string]string{"__type": "ResourceNotFoundException", "message": "Secrets Manager can't find the specified secret."}
		}
		_ = json.NewEncoder(w).Encode(answer) // The client is gone if this fails.
	})
}
