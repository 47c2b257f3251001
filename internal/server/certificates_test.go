package server_test

import (
	"bytes"
	"crypto/x509"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

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
	issue(now.Add(3640*day), "localhost")
	if bytes.Equal(authority, read("ca.pem")) {
		t.Error("an authority that is about to end was used again")
	}
	if runtime.GOOS != "windows" {
		for _, name := range []string{"ca-key.pem", "server-key.pem"} {
			if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
	}

	if err := os.WriteFile(filepath.Join(folder, "ca-key.pem"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := server.SelfSigned(folder, []string{"localhost"}, now); err == nil || !strings.Contains(err.Error(), "remove ca.pem and ca-key.pem") {
		t.Errorf("a broken authority: %v", err)
	}
}
