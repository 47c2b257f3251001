package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/secretfile"
)

const (
	authorityLife   = 10 * 365 * 24 * time.Hour
	certificateLife = 397 * 24 * time.Hour // what browsers take at most
	// renewBefore is how long before its end a certificate is made anew.
	renewBefore = 30 * 24 * time.Hour
)

// The files in the folder of self-made certificates.
const (
	authorityFile    = "ca.pem"
	authorityKeyFile = "ca-key.pem"
	serverFile       = "server.pem"
	serverKeyFile    = "server-key.pem"
)

// selfSigned returns a certificate for the names, signed by an authority of its own. Both are kept in the folder and used
// again while they are good, so that clients need to be told of the authority once.
func selfSigned(folder string, names []string, now time.Time) (tls.Certificate, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return tls.Certificate{}, err
	}
	if err := secretfile.Folder(folder); err != nil {
		return tls.Certificate{}, err
	}
	authority, err := loadAuthority(folder, now)
	if errors.Is(err, errNoAuthority) {
		authority, err = makeAuthority(folder, now)
	}
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, good, err := loadServer(folder, authority.Leaf, names, now)
	if err != nil || good {
		return pair, err
	}
	return makeServer(folder, authority, names, now)
}

// errNoAuthority says that a folder has neither the certificate of an authority nor its key.
var errNoAuthority = errors.New("no certificate authority")

// loadAuthority returns the authority in the folder. Whatever is wrong with it, no other takes its place: clients trust this
// one, and it may be somebody's.
func loadAuthority(folder string, now time.Time) (tls.Certificate, error) {
	file, keyFile := filepath.Join(folder, authorityFile), filepath.Join(folder, authorityKeyFile)
	pair, err := loadPair(file, keyFile)
	const anew = "to have a new authority made, which clients have to be told to trust, remove "
	renew := anew + file + " and " + keyFile
	if errors.Is(err, fs.ErrNotExist) {
		_, noFile := os.Lstat(file)
		_, noKey := os.Lstat(keyFile)
		switch {
		case errors.Is(noFile, fs.ErrNotExist) && errors.Is(noKey, fs.ErrNotExist):
			return pair, errNoAuthority
		case errors.Is(noKey, fs.ErrNotExist):
			return pair, fmt.Errorf("%s is there, but its key is missing: restore %s; or, %s", file, keyFile, anew+file)
		case errors.Is(noFile, fs.ErrNotExist):
			return pair, fmt.Errorf("%s is there, but its certificate is missing: restore %s; or, %s", keyFile, file, anew+keyFile)
		}
	}
	switch {
	case err != nil:
		return pair, fmt.Errorf("the certificate authority cannot be used: %w. Mend that; or, %s", err, renew)
	case !pair.Leaf.IsCA:
		return pair, fmt.Errorf("%s is not the certificate of an authority: restore it; or, %s", file, renew)
	case !pair.Leaf.NotAfter.After(now):
		return pair, fmt.Errorf("the certificate authority %s expired on %s: %s", file, pair.Leaf.NotAfter.UTC().Format(time.DateOnly), renew)
	}
	return pair, nil
}

// loadPair reads a certificate and its key.
func loadPair(file, keyFile string) (tls.Certificate, error) {
	key, err := secretfile.Key(keyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	certificate, err := secretfile.Certificate(file)
	if err != nil {
		return tls.Certificate{}, err
	}
	return pairOf(file, certificate, keyFile, key)
}

// pairOf puts a certificate and its key together, and says which of the files is not what it should be.
func pairOf(file string, certificate []byte, keyFile string, key []byte) (tls.Certificate, error) {
	pair, err := tls.X509KeyPair(certificate, key)
	switch {
	case err == nil:
	case !isPEM(certificate, "CERTIFICATE"):
		err = fmt.Errorf("%s holds no certificate in PEM", file)
	case !isPEM(key, "PRIVATE KEY"):
		err = fmt.Errorf("%s holds no private key in PEM that is not encrypted", keyFile)
	case strings.Contains(err.Error(), "does not match"):
		err = fmt.Errorf("%s belongs to another key: %s is not its key", file, keyFile)
	default:
		err = fmt.Errorf("%s and %s: %w", file, keyFile, err)
	}
	return pair, err
}

// isPEM tells whether a file in PEM has a block of a kind.
func isPEM(content []byte, kind string) bool {
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, kind) && !strings.HasPrefix(block.Type, "ENCRYPTED") {
			return true
		}
	}
	return false
}

func makeAuthority(folder string, now time.Time) (tls.Certificate, error) {
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "Embedded backup service, made " + now.UTC().Format(time.DateOnly)},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(authorityLife),
		IsCA:                  true,
		MaxPathLenZero:        true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	return makePair(folder, authorityFile, authorityKeyFile, template, nil)
}

// loadServer returns the server's certificate in the folder if it is good for all names. One that is not is made anew, which
// clients do not notice; but not as long as others may know its key, or put theirs in its place.
func loadServer(folder string, authority *x509.Certificate, names []string, now time.Time) (pair tls.Certificate, good bool, err error) {
	file, keyFile := filepath.Join(folder, serverFile), filepath.Join(folder, serverKeyFile)
	if _, err := secretfile.Key(keyFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return pair, false, err
	}
	pair, unusable := loadPair(file, keyFile)
	return pair, unusable == nil && isGood(pair.Leaf, authority, names, now), nil
}

func isGood(certificate, authority *x509.Certificate, names []string, now time.Time) bool {
	// In the authority's last month, none outlives it.
	ends := certificate.NotAfter.Before(now.Add(renewBefore)) && certificate.NotAfter.Before(authority.NotAfter)
	if ends || certificate.CheckSignatureFrom(authority) != nil {
		return false
	}
	for _, name := range names {
		if certificate.VerifyHostname(name) != nil {
			return false
		}
	}
	return true
}

func makeServer(folder string, authority tls.Certificate, names []string, now time.Time) (tls.Certificate, error) {
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: names[0]},
		NotBefore:   now.Add(-time.Hour),
		NotAfter:    now.Add(certificateLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if authority.Leaf.NotAfter.Before(template.NotAfter) {
		template.NotAfter = authority.Leaf.NotAfter
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	return makePair(folder, serverFile, serverKeyFile, template, &authority)
}

// makePair makes a key and a certificate, signed by the authority or, without one, by itself, and writes both.
func makePair(folder, file, keyFile string, template *x509.Certificate, authority *tls.Certificate) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return tls.Certificate{}, err
	}
	parent, signer := template, any(key)
	if authority != nil {
		parent, signer = authority.Leaf, authority.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return tls.Certificate{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return tls.Certificate{}, err
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyText := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	err = writeFiles(
		madeFile{filepath.Join(folder, keyFile), keyText, 0o600},
		madeFile{filepath.Join(folder, file), certificate, 0o644},
	)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(certificate, keyText)
}

type madeFile struct {
	path    string
	content []byte
	mode    os.FileMode
}

// writeFiles makes files, each whole or not at all, in place of those that may be there. All are written before the first
// gets its name, so that next to nothing is left that could come between two of them.
func writeFiles(files ...madeFile) error {
	var written []string
	defer func() {
		for _, path := range written {
			_ = os.Remove(path) // unless it has its name
		}
	}()
	for _, f := range files {
		file, err := os.CreateTemp(filepath.Dir(f.path), "."+filepath.Base(f.path)+"-*")
		if err != nil {
			return err
		}
		written = append(written, file.Name())
		_, err = file.Write(f.content)
		if err := errors.Join(err, file.Chmod(f.mode), file.Sync(), file.Close()); err != nil {
			return err
		}
	}
	for i, f := range files {
		if err := os.Rename(written[i], f.path); err != nil {
			return err
		}
	}
	return nil
}

// givenPair reads the certificate and the key that the flags name.
func givenPair(file, keyFile string) (tls.Certificate, error) {
	key, err := secretfile.Key(keyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("--tls-key: %w", err)
	}
	certificate, err := secretfile.Certificate(file)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("--tls-cert: %w", err)
	}
	pair, err := pairOf(file, certificate, keyFile, key)
	if err != nil {
		return pair, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	return pair, nil
}
