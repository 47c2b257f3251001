//go:build unix

package server_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

// TestWeakSecrets starts servers whose secrets others may know or change. None says that it listens, and each says what to do.
func TestWeakSecrets(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change string // the file in the folder of the secrets, "" is the folder itself
		mode   os.FileMode
		want   string
	}{
		"token for all to read":         {"token", 0o644, "serve: --token-file: others can read "},
		"token for a group to write":    {"token", 0o660, "serve: --token-file: others can write to "},
		"token for all to write":        {"token", 0o606, "serve: --token-file: others can write to "},
		"key of the authority to read":  {"ca-key.pem", 0o640, "serve: --tls-self-signed: the certificate authority cannot be used: others can read "},
		"key of the authority to write": {"ca-key.pem", 0o620, "cannot be used: others can write to "},
		"authority to write":            {"ca.pem", 0o666, "cannot be used: others can write to "},
		"key of the server to read":     {"server-key.pem", 0o604, "serve: --tls-self-signed: others can read "},
		"folder to write":               {"", 0o770, "serve: --token-file: others can write in the folder "},
	} {
		folder := t.TempDir()
		if _, err := server.SelfSigned(folder, []string{"localhost", "127.0.0.1", "::1"}, time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "token"), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, test.change)
		if err := os.Chmod(path, test.mode); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		code := server.Main(t.Context(), []string{
			"--listen", "127.0.0.1:0", "--database", filepath.Join(t.TempDir(), "x.db"), "--tls-self-signed", folder, "--token-file", filepath.Join(folder, "token"),
		}, "test", &stdout, &stderr)
		text := stderr.String()
		if code != 1 || stdout.Len() > 0 || !strings.Contains(text, test.want) || !strings.Contains(text, "; run: chmod ") || !strings.Contains(text, strings.TrimSuffix(path, "/")) {
			t.Errorf("%s: exit code %d; printed %s%s", name, code, &stdout, text)
		}
	}
}

// TestWeakKey has a key by flag.
func TestWeakKey(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if _, err := server.SelfSigned(folder, []string{"localhost"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	certificate, key := filepath.Join(folder, "server.pem"), filepath.Join(folder, "server-key.pem")
	for _, test := range []struct {
		mode      os.FileMode
		key, want string
	}{
		{0o644, key, "serve: --tls-key: others can read " + key + " (mode 0644); run: chmod 600 " + key},
		{0o600, filepath.Join(folder, "ca-key.pem"), "serve: --tls-cert, --tls-key: " + certificate + " belongs to another key"},
		{0o600, certificate, "serve: --tls-key: others can read "},
	} {
		if err := os.Chmod(key, test.mode); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		code := server.Main(t.Context(), []string{"--tls-cert", certificate, "--tls-key", test.key, "--database", filepath.Join(folder, "x.db")}, "test", &stdout, &stderr)
		if code != 1 || stdout.Len() > 0 || !strings.Contains(stderr.String(), test.want) {
			t.Errorf("exit code %d; printed %s%s, want %s", code, &stdout, &stderr, test.want)
		}
	}
}

// TestSelfSigned_modes has a folder of its own, and files in it that only its owner reads as far as they are secret.
func TestSelfSigned_modes(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "new", "tls")
	if _, err := server.SelfSigned(folder, []string{"localhost"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{
		"..": 0o700, ".": 0o700, "ca-key.pem": 0o600, "server-key.pem": 0o600, "ca.pem": 0o644, "server.pem": 0o644,
	} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 4 {
		t.Errorf("%d files, %v", len(entries), err)
	}
}
