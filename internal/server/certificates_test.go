package server_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

func TestSelfSigned(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "new", "tls")
	now := time.Now()
	read := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	issue := func(at time.Time, names ...string) []byte {
		t.Helper()
		pair, err := server.SelfSigned(folder, names, at)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(read("ca.pem")) {
			t.Fatal("ca.pem holds no certificate")
		}
		for _, name := range names {
			leaf, err := x509.ParseCertificate(pair.Certificate[0])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots, CurrentTime: at}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		return pair.Certificate[0]
	}

	const day = 24 * time.Hour
	first, authority := issue(now, "localhost", "127.0.0.1", "::1"), read("ca.pem")
	if again := issue(now.Add(300*day), "127.0.0.1", "localhost"); !bytes.Equal(first, again) {
		t.Error("a good certificate was made anew")
	}
	named := issue(now, "localhost", "backup.example")
	if bytes.Equal(first, named) {
		t.Error("a certificate without the name was used again")
	}
	renewed := issue(now.Add(380*day), "localhost", "backup.example")
	if bytes.Equal(named, renewed) {
		t.Error("a certificate that is about to end was used again")
	}
	if !bytes.Equal(authority, read("ca.pem")) {
		t.Error("the authority was made anew; clients would have to be told")
	}
	last := issue(now.Add(3640*day), "localhost")
	if !bytes.Equal(authority, read("ca.pem")) {
		t.Error("the authority was made anew in its last month; clients would have to be told")
	}
	if again := issue(now.Add(3641*day), "localhost"); !bytes.Equal(last, again) {
		t.Error("a certificate that lasts as long as its authority was made anew")
	}
	if runtime.GOOS != "windows" {
		for _, name := range []string{"ca-key.pem", "server-key.pem"} {
			if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
	}
}

// TestSelfSigned_noNewAuthority has an authority that cannot be used. Clients trust it: none takes its place unasked.
func TestSelfSigned_noNewAuthority(t *testing.T) {
	t.Parallel()
	const advice = "to have a new authority made, which clients have to be told to trust, remove "
	now := time.Now()
	other := t.TempDir()
	if _, err := server.SelfSigned(other, []string{"localhost"}, now); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(folder string) error
		at     time.Duration
		want   string
	}{
		"its key is missing": {
			func(folder string) error { return os.Remove(filepath.Join(folder, "ca-key.pem")) }, 0,
			"ca.pem is there, but its key is missing: restore ",
		},
		"its certificate is missing": {
			func(folder string) error { return os.Remove(filepath.Join(folder, "ca.pem")) }, 0,
			"ca-key.pem is there, but its certificate is missing: restore ",
		},
		"the key is another's": {
			func(folder string) error {
				return os.Rename(filepath.Join(other, "ca-key.pem"), filepath.Join(folder, "ca-key.pem"))
			}, 0,
			"ca-key.pem is not its key",
		},
		"the key is broken": {
			func(folder string) error {
				return os.WriteFile(filepath.Join(folder, "ca-key.pem"), []byte("x"), 0o600)
			}, 0,
			"ca-key.pem holds no private key",
		},
		"the certificate is empty": {
			func(folder string) error { return os.Truncate(filepath.Join(folder, "ca.pem"), 0) }, 0,
			"ca.pem holds no certificate",
		},
		"it is no authority": {
			func(folder string) error {
				return errors.Join(os.Rename(filepath.Join(folder, "server.pem"), filepath.Join(folder, "ca.pem")),
					os.Rename(filepath.Join(folder, "server-key.pem"), filepath.Join(folder, "ca-key.pem")))
			}, 0,
			"ca.pem is not the certificate of an authority",
		},
		"it has expired": {func(string) error { return nil }, 3651 * 24 * time.Hour, "ca.pem expired on "},
		"it cannot be read": {
			func(folder string) error {
				return errors.Join(os.Remove(filepath.Join(folder, "ca-key.pem")), os.Mkdir(filepath.Join(folder, "ca-key.pem"), 0o700))
			}, 0,
			"ca-key.pem is a folder",
		},
	} {
		folder := filepath.Join(t.TempDir(), "tls")
		if _, err := server.SelfSigned(folder, []string{"localhost"}, now); err != nil {
			t.Fatal(err)
		}
		if err := test.change(folder); err != nil {
			t.Fatal(err)
		}
		before := contents(t, folder)
		_, err := server.SelfSigned(folder, []string{"localhost"}, now.Add(test.at))
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), advice) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(before, contents(t, folder)); diff != "" {
			t.Errorf("%s: something was made: %s", name, diff)
		}
	}
}

// contents are the files of a folder.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		content, _ := os.ReadFile(filepath.Join(folder, entry.Name())) // of a folder it is empty
		files[entry.Name()] = string(content)
	}
	return files
}
